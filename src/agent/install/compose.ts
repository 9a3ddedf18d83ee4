/** Puts an installation on a real machine together. */

import { resolve } from 'node:path';
import { getuid } from 'node:process';
import { isSea } from 'node:sea';
import type { AgentInstallOptions, AgentUninstallOptions } from '../../contract/run-options.ts';
import { loadDriver } from '../drivers/load.ts';
import { AgentError } from '../error.ts';
import { createExecute } from '../exec.ts';
import { readIdentity } from '../identity.ts';
import { readLedger } from '../ledger.ts';
import { INSTALL_PROGRAMS, type InstallContext } from './context.ts';
import { changeDriver, keepsDriver, observesStill } from './driver-change.ts';
import { type InstallReport, installAgent, uninstallAgent } from './install.ts';
import { layoutOf } from './layout.ts';

/** What `main.ts` gives: the work of the other verbs. */
export interface DeviceWork {
  enrol(data: string): Promise<unknown>;
  prepare(data: string): Promise<unknown>;
}

/** @throws AgentError */
export async function installOnThisMachine(
  options: AgentInstallOptions,
  work: DeviceWork,
): Promise<InstallReport> {
  const layout = layoutOf();
  const wantsEnforcer = options.driver === 'auto' || options.driver === 'fapolicyd';
  const { stateDirectory } = layout;
  /** Null when the device is not enrolled at the server that is wanted. */
  const enrolled = async () => {
    const identity = await readIdentity(stateDirectory);
    return identity?.serverUrl === options.url.replace(/\/+$/, '') ? identity : null;
  };
  const context: InstallContext = contextOf(sourceOf(options.executable), wantsEnforcer, {
    isEnrolled: async () => {
      const identity = await enrolled();
      return identity !== null && keepsDriver(options.driver, identity.driver);
    },
    enrol: async () => {
      if ((await enrolled()) === null) await work.enrol(stateDirectory);
      else await changeDriver(stateDirectory, options.driver, context.execute, context.device.isRestricted);
    },
    prepare: async () => void (await work.prepare(stateDirectory)),
    remarks: async () => {
      const line = `"cordon-agent install --url ${options.url} --driver fapolicyd"`;
      const remark = observesStill((await enrolled())?.driver ?? null, line);
      return remark === null ? [] : [remark];
    },
  });
  return installAgent(context, getuid?.() ?? -1, options.told);
}

/** @throws AgentError */
export async function uninstallFromThisMachine(options: AgentUninstallOptions): Promise<InstallReport> {
  const none = async () => undefined;
  const context = contextOf(null, false, {
    isEnrolled: async () => true,
    enrol: none,
    prepare: none,
    remarks: async () => [],
  });
  return uninstallAgent(context, getuid?.() ?? -1, options.release, options.told);
}

/** The file to install. Type stripping has no place on a device, so it is a single executable. */
function sourceOf(named: string | null): string {
  if (named !== null) return resolve(named);
  if (isSea()) return process.execPath;
  throw new AgentError(
    'configuration',
    'This is not the single-file executable. Build it with "npm run build:agent" and run "dist/cordon-agent install" on the device, or name it with --executable.',
  );
}

function contextOf(
  source: string | null,
  wantsEnforcer: boolean,
  device: Omit<InstallContext['device'], 'isRestricted' | 'release'>,
): InstallContext {
  const layout = layoutOf();
  const { stateDirectory } = layout;
  const driver = async () =>
    loadDriver((await readIdentity(stateDirectory))?.driver ?? 'auto', { stateDirectory });
  return {
    layout,
    execute: createExecute(INSTALL_PROGRAMS),
    source,
    wantsEnforcer,
    device: {
      ...device,
      isRestricted: async () => {
        const ledger = await readLedger(stateDirectory);
        const controls = ledger === null || ledger === 'damaged' ? [] : ledger.controls;
        if (controls.some(({ desired }) => desired.mode === 'restricted')) return true;
        return (await (await driver()).observe()).mode === 'restricted';
      },
      release: async () => {
        const present = await driver();
        const applied = await present.apply('unrestricted');
        if (!applied.ok) throw new AgentError('configuration', applied.reason);
        const { proven, reason } = await present.verify('unrestricted');
        if (!proven) throw new AgentError('configuration', reason ?? 'The release could not be proven.');
      },
    },
  };
}
