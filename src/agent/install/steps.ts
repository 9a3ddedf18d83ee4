import { chmod, lstat, mkdir, readFile, readlink, rm, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from '../drivers/fapolicyd/files.ts';
import { AgentError } from '../error.ts';
import { describeFailure } from '../exec.ts';
import { prepareStateDirectory } from '../identity.ts';
import { readPrepared } from '../preparation.ts';
import type { InstallContext } from './context.ts';
import { getEnforcer, hasEnforcer, removeEnforcer } from './enforcer-package.ts';
import { digestOfFile, placeExecutable } from './executable.ts';
import { AGENT_UNIT, type Layout, RECOVER_UNIT } from './layout.ts';
import { readInstallRecord } from './record.ts';
import { AGENT_UNIT_TEXT, PACKAGE_HOOK_TEXT, RECOVER_UNIT_TEXT } from './units.ts';

/** One step of an installation. What it does can be repeated. */
export interface InstallStep {
  readonly name: string;
  /** As people read it. */
  readonly does: string;
  readonly undoneBy: string;
  isDone(context: InstallContext): Promise<boolean>;
  carryOut(context: InstallContext): Promise<void>;
  /** Whether there is anything to take back, of an interrupted installation too. */
  hasLeft(context: InstallContext): Promise<boolean>;
  /** @returns what has to stay, a sentence each */
  takeBack(context: InstallContext): Promise<readonly string[]>;
}

/** In this order; an uninstall goes backwards. */
export const INSTALL_STEPS: readonly InstallStep[] = [
  {
    name: 'state directory',
    does: 'make the directory of the keys and the ledger, which only root may enter',
    undoneBy: 'remove it, with this device’s key',
    isDone: async ({ layout }) => ((await modeOf(layout.stateDirectory)) ?? 0o777) === 0o700,
    carryOut: async ({ layout }) => {
      await prepareStateDirectory(layout.stateDirectory);
      await chmod(layout.stateDirectory, 0o700);
    },
    hasLeft: ({ layout }) => isAny(layout.canaryDirectory, layout.stateDirectory),
    takeBack: async ({ layout }) => {
      for (const path of [layout.canaryDirectory, layout.stateDirectory])
        await rm(path, { recursive: true, force: true });
      return [];
    },
  },
  {
    name: 'executable',
    does: 'copy this executable to its place, and link its name',
    undoneBy: 'remove both',
    isDone: async ({ layout, source }) =>
      (await readlink(layout.command).catch(() => null)) === layout.executable &&
      (source === null || (await digestOfFile(source)) === (await digestOfFile(layout.executable))),
    carryOut: async ({ layout, source }) => {
      await mkdir(layout.programDirectory, { recursive: true, mode: 0o755 });
      if (source !== null && (await digestOfFile(source)) !== (await digestOfFile(layout.executable)))
        await placeExecutable(source, layout.executable);
      await mkdir(dirname(layout.command), { recursive: true });
      await rm(layout.command, { force: true });
      await symlink(layout.executable, layout.command);
    },
    hasLeft: ({ layout }) =>
      isAny(layout.command, layout.executable, `${layout.executable}.new`, layout.programDirectory),
    takeBack: async ({ layout }) => {
      for (const path of [layout.command, layout.executable, `${layout.executable}.new`])
        await rm(path, { force: true });
      await rmdir(layout.programDirectory).catch(() => undefined);
      return [];
    },
  },
  {
    name: 'enforcer',
    does: 'install fapolicyd from the distribution’s packages, masked meanwhile, and leave it disabled',
    undoneBy: 'remove the packages that came with it; an owner’s fapolicyd stays as it is',
    isDone: async (context) => !context.wantsEnforcer || hasEnforcer(context),
    carryOut: getEnforcer,
    hasLeft: async ({ layout }) => (await readInstallRecord(layout)).packagesBefore !== null,
    takeBack: async (context) =>
      (await removeEnforcer(context)).map(
        (name) => `The package ${name} stays, since others need it by now.`,
      ),
  },
  {
    name: 'enrolment',
    does: 'make this device known to the server',
    undoneBy: 'the key goes with its directory; the server keeps the machine’s history',
    isDone: ({ device }) => device.isEnrolled(),
    carryOut: ({ device }) => device.enrol(),
    hasLeft: ({ layout }) => isAny(join(layout.stateDirectory, 'identity.json')),
    takeBack: async () => [],
  },
  {
    name: 'trust list',
    does: 'make the list of files that stay allowed, so that a restriction need not wait for it',
    undoneBy: 'it goes with the state directory',
    isDone: async () => false,
    carryOut: ({ device }) => device.prepare(),
    hasLeft: async ({ layout }) => (await readPrepared(layout.stateDirectory)) !== null,
    takeBack: async () => [],
  },
  {
    name: 'units',
    does: 'write the units of systemd and the hook of dpkg',
    undoneBy: 'remove them',
    isDone: async ({ layout }) => {
      for (const [path, text] of filesOf(layout))
        if ((await readFile(path, 'utf8').catch(() => null)) !== text) return false;
      return true;
    },
    carryOut: async (context) => {
      for (const [path, text] of filesOf(context.layout)) {
        await mkdir(dirname(path), { recursive: true });
        await writeWhole(path, text, { mode: 0o644, uid: 0, gid: 0 });
      }
      await systemctl(context, 'daemon-reload');
    },
    hasLeft: ({ layout }) => isAny(...filesOf(layout).map(([path]) => path)),
    takeBack: async (context) => {
      for (const [path] of filesOf(context.layout)) await rm(path, { force: true });
      await systemctl(context, 'daemon-reload');
      return [];
    },
  },
  {
    name: 'service',
    does: 'start the agent, now and at boot',
    undoneBy: 'stop it and start it no more',
    // Asked again each time: an executable or a unit that changed is taken over by the restart.
    isDone: async () => false,
    carryOut: async (context) => {
      await systemctl(context, 'enable', RECOVER_UNIT, AGENT_UNIT);
      await systemctl(context, 'restart', AGENT_UNIT);
    },
    hasLeft: ({ layout }) => isAny(layout.agentUnit),
    takeBack: async (context) => {
      await systemctl(context, 'disable', '--now', AGENT_UNIT, RECOVER_UNIT);
      return [];
    },
  },
];

const filesOf = ({ agentUnit, recoverUnit, packageHook }: Layout): readonly (readonly [string, string])[] => [
  [recoverUnit, RECOVER_UNIT_TEXT],
  [agentUnit, AGENT_UNIT_TEXT],
  [packageHook, PACKAGE_HOOK_TEXT],
];

/** Whether there is anything under one of the paths, a link that leads nowhere too. */
async function isAny(...paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if ((await modeOf(path)) !== null) return true;
  return false;
}

/** Permission bits; null when there is nothing. */
async function modeOf(path: string): Promise<number | null> {
  return lstat(path).then(
    ({ mode }) => mode & 0o7777,
    () => null,
  );
}

async function systemctl({ execute }: InstallContext, ...args: string[]): Promise<void> {
  const result = await execute('systemctl', args, { timeout: 120_000 });
  if (result.status !== 0)
    throw new AgentError('configuration', `systemctl ${args.join(' ')} failed (${describeFailure(result)}).`);
}
