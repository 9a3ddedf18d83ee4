import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { getuid } from 'node:process';
import type { AgentDoctorOptions, DoctorReport } from '../../contract/run-options.ts';
import { fapolicydDefaults } from '../drivers/fapolicyd/options.ts';
import { installedVersion } from '../drivers/fapolicyd/version.ts';
import { messageOf } from '../error.ts';
import { createExecute } from '../exec.ts';
import { readIdentity } from '../identity.ts';
import { type DoctorCheck, problem } from './check.ts';
import { DEVICE_CHECKS } from './device-checks.ts';
import { ENFORCER_CHECKS } from './enforcer-checks.ts';
import { KERNEL_CHECKS } from './kernel-checks.ts';
import { type Look, realLooks } from './look.ts';

/** Every check, in the order in which they are told. */
export const DOCTOR_CHECKS: readonly DoctorCheck[] = [...ENFORCER_CHECKS, ...KERNEL_CHECKS, ...DEVICE_CHECKS];

/** Goes through the checks; one that breaks off is a problem of its own. */
export async function findings(
  look: Look,
  checks: readonly DoctorCheck[] = DOCTOR_CHECKS,
): Promise<DoctorReport> {
  const found: DoctorReport['findings'][number][] = [];
  for (const check of checks) {
    const finding = await check
      .look(look)
      .catch((cause: unknown) => problem(`the check broke off: ${messageOf(cause)}`, 'Report it.'));
    found.push({ check: check.name, ...finding });
  }
  return { works: found.every(({ state }) => state !== 'problem'), findings: found };
}

/** Looks at this machine. Changes nothing. @param environment with the variables of proxies */
export async function examine(
  { data }: AgentDoctorOptions,
  environment: NodeJS.ProcessEnv,
): Promise<DoctorReport> {
  const enforcer = {
    ...fapolicydDefaults(data),
    service: existsSync('/run/systemd/system') ? ('systemd' as const) : ('direct' as const),
  };
  return findings({
    ...realLooks(environment),
    uid: getuid?.() ?? -1,
    kernel: release(),
    data,
    identity: await readIdentity(data).catch(() => null),
    enforcer,
    enforcerVersion: await installedVersion(enforcer, createExecute(enforcer.programs)),
  });
}
