import { access, constants, readFile } from 'node:fs/promises';
import type { Execute } from '../../exec.ts';
import type { FapolicydOptions, FapolicydProgram } from './options.ts';

const PACKAGE = 'fapolicyd';

/**
 * Version of the fapolicyd installed, null when there is none. It is asked of the package manager, since the programs
 * of 1.1.x do not tell it.
 */
export async function installedVersion(
  { programs, packageStatus }: FapolicydOptions,
  execute: Execute<FapolicydProgram>,
): Promise<string | null> {
  if (!(await isExecutable(programs.daemon)) || !(await isExecutable(programs.cli))) return null;
  const status = packageStatus === null ? '' : await readFile(packageStatus, 'utf8').catch(() => '');
  return versionInStatus(status) ?? (await versionByRpm(execute));
}

/** The version in dpkg's status file, when the package is installed and configured. */
export function versionInStatus(status: string): string | null {
  const at = status.search(new RegExp(`^Package: ${PACKAGE}$`, 'm'));
  if (at < 0) return null;
  const paragraph = status.slice(at).split('\n\n', 1)[0]!;
  if (!/^Status: \S+ ok installed$/m.test(paragraph)) return null;
  return /^Version: (\S+)$/m.exec(paragraph)?.[1] ?? null;
}

async function versionByRpm(execute: Execute<FapolicydProgram>): Promise<string | null> {
  const { status, stdout } = await execute('rpm', [
    '--query',
    '--queryformat',
    '%{VERSION}-%{RELEASE}',
    PACKAGE,
  ]);
  return status === 0 && stdout !== '' ? stdout.trim() : null;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
