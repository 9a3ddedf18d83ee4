import { access, readFile } from 'node:fs/promises';
import { ownVerb } from '../own-name.ts';
import type { Layout } from './layout.ts';

/** What a machine must be. */
export interface Requirement {
  readonly name: string;
  /** What to do where it is not. */
  readonly remedy: string;
  isMet(machine: { layout: Layout; uid: number }): Promise<boolean>;
}

export const INSTALL_REQUIREMENTS: readonly Requirement[] = [
  {
    name: 'root',
    remedy: 'Run it as root; it decides what the whole machine may execute.',
    isMet: async ({ uid }) => uid === 0,
  },
  {
    name: 'systemd',
    remedy: `systemd is not the service manager here. Enrol with "${ownVerb('enrol')}", and let your service manager run "${ownVerb('run')}" and, before it at boot, "${ownVerb('recover')}".`,
    isMet: ({ layout }) => isThere(layout.systemdMark),
  },
  {
    name: 'Debian family',
    remedy: `Only Debian and its derivatives are installed by one command. Elsewhere install fapolicyd by hand, enrol with "${ownVerb('enrol')}", and write a unit that runs "${ownVerb('run')}".`,
    isMet: async ({ layout }) => isDebianFamily(await readFile(layout.osRelease, 'utf8').catch(() => '')),
  },
];

/** By the names that os-release gives the distribution and those it is like. */
export function isDebianFamily(osRelease: string): boolean {
  const names = [...osRelease.matchAll(/^ID(?:_LIKE)?=["']?([^"'\n]*)/gm)].flatMap(([, value]) =>
    value!.split(' '),
  );
  return names.includes('debian') || names.includes('ubuntu');
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
