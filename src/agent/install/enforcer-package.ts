import { readFile } from 'node:fs/promises';
import { AgentError } from '../error.ts';
import { describeFailure, type Execution } from '../exec.ts';
import type { InstallContext } from './context.ts';
import { ENFORCER_UNIT } from './layout.ts';
import { changeInstallRecord, readInstallRecord } from './record.ts';

const PACKAGE = 'fapolicyd';
/** Milliseconds for the package manager, with its wait for a lock that another run holds. */
const PATIENCE = 900_000;
const APT = ['--yes', '--quiet', '--option', 'DPkg::Lock::Timeout=300', '--option', 'Dpkg::Use-Pty=0'];

/** Names of the installed packages in dpkg's status file. */
export function installedPackages(status: string): string[] {
  return status.split('\n\n').flatMap((paragraph) => {
    const name = /^Package: (\S+)$/m.exec(paragraph)?.[1];
    return name !== undefined && /^Status: \S+ ok installed$/m.test(paragraph) ? name : [];
  });
}

async function installed({ layout }: InstallContext): Promise<string[]> {
  return installedPackages(await readFile(layout.packageStatus, 'utf8'));
}

/** Whether the enforcer's package is there and nothing of getting it is left to do. */
export async function hasEnforcer(context: InstallContext): Promise<boolean> {
  const { packagesBefore, packagesAdded } = await readInstallRecord(context.layout);
  if (packagesBefore !== null) return packagesAdded !== null;
  return (await installed(context)).includes(PACKAGE);
}

/**
 * Installs the enforcer's package. Debian's enables and starts it with rules that refuse every execution, so its unit is
 * masked meanwhile and disabled before the mask is taken away; it is then installed and does nothing.
 */
export async function getEnforcer(context: InstallContext): Promise<void> {
  const { layout } = context;
  const before = await readInstallRecord(layout);
  if (before.packagesBefore === null) {
    if ((await enabledState(context)) === 'masked')
      throw new AgentError('configuration', `${ENFORCER_UNIT} is masked; see why, and unmask it first.`);
    await changeInstallRecord(layout, { packagesBefore: await installed(context) });
  }
  await changeInstallRecord(layout, { masked: true });
  await systemctl(context, 'mask', ENFORCER_UNIT);
  await install(context);
  await systemctl(context, 'disable', ENFORCER_UNIT);
  await unmask(context);
  const state = await enabledState(context);
  const { stdout } = await context.execute('systemctl', ['is-active', ENFORCER_UNIT]);
  if (state !== 'disabled' || stdout.trim() === 'active')
    throw new AgentError(
      'configuration',
      `${ENFORCER_UNIT} is ${state} and ${stdout.trim()} after its installation.`,
    );
  const { packagesBefore } = await readInstallRecord(layout);
  const packagesAdded = (await installed(context)).filter((name) => !packagesBefore!.includes(name));
  await changeInstallRecord(layout, { packagesAdded });
}

/** A machine whose lists of packages are old or missing gets new ones first. */
async function install(context: InstallContext): Promise<void> {
  const get = () =>
    context.execute('aptGet', ['install', ...APT, '--no-install-recommends', PACKAGE], { timeout: PATIENCE });
  let result = await get();
  if (result.status !== 0) {
    await context.execute('aptGet', ['update', '--quiet'], { timeout: PATIENCE });
    result = await get();
  }
  if (result.status !== 0) throw failure(`The package ${PACKAGE} could not be installed`, result);
}

/**
 * Removes what came with the enforcer, by dpkg, which never removes a package that another one needs.
 * @returns packages that others need by now, and that therefore stay
 */
export async function removeEnforcer(context: InstallContext): Promise<string[]> {
  const { packagesBefore, packagesAdded, masked } = await readInstallRecord(context.layout);
  if (packagesBefore === null) return [];
  // An interrupted installation: the package may be enabled already, and must not get to run.
  if (masked) await systemctl(context, 'disable', ENFORCER_UNIT);
  const added = packagesAdded ?? (await installed(context)).filter((name) => !packagesBefore.includes(name));
  const purge = (name: string) => context.execute('dpkg', ['--purge', name], { timeout: PATIENCE });
  if (added.includes(PACKAGE) || (await installed(context)).includes(PACKAGE)) {
    const result = await purge(PACKAGE);
    if (result.status !== 0) throw failure(`The package ${PACKAGE} could not be removed`, result);
  }
  if (masked) await unmask(context);
  return purgeInTurn(
    added.filter((name) => name !== PACKAGE).sort(),
    async (name) => (await purge(name)).status === 0,
  );
}

/** Libraries may need each other: again and again, until none goes any more. @returns those that stay */
async function purgeInTurn(names: string[], purge: (name: string) => Promise<boolean>): Promise<string[]> {
  const left: string[] = [];
  for (const name of names) if (!(await purge(name))) left.push(name);
  return left.length === 0 || left.length === names.length ? left : purgeInTurn(left, purge);
}

async function unmask(context: InstallContext): Promise<void> {
  await systemctl(context, 'unmask', ENFORCER_UNIT);
  await changeInstallRecord(context.layout, { masked: false });
}

async function enabledState({ execute }: InstallContext): Promise<string> {
  return (await execute('systemctl', ['is-enabled', ENFORCER_UNIT])).stdout.trim();
}

async function systemctl({ execute }: InstallContext, ...args: string[]): Promise<void> {
  const result = await execute('systemctl', args, { timeout: 60_000 });
  if (result.status !== 0) throw failure(`systemctl ${args.join(' ')} failed`, result);
}

const failure = (what: string, result: Execution) =>
  new AgentError('configuration', `${what} (${describeFailure(result)}).`);
