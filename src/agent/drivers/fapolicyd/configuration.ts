import { LOCAL_TYPES } from './file-systems.ts';
import type { FapolicydOptions } from './options.ts';

/** Settings by lower-case name, as fapolicyd reads them: the last line of a name counts. */
export function parseConfiguration(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s*([A-Za-z_0-9]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) settings.set(name.toLowerCase(), value);
  }
  return settings;
}

export function isPermissive(text: string): boolean {
  return /^[1-9]/.test(parseConfiguration(text).get('permissive') ?? '0');
}

/**
 * The owner's configuration with what a restriction needs, everything else untouched. `integrity` too stays the
 * owner's: with a digest check, a package update would leave the device's libraries untrusted.
 */
export function restrictedConfiguration(
  owners: string,
  options: FapolicydOptions,
  permissive: boolean,
): string {
  const before = parseConfiguration(owners);
  const settings = new Map([['permissive', permissive ? '1' : '0']]);
  settings.set('allow_filesystem_mark', options.fileSystemMarks ? '1' : '0');
  // What a file is, the daemon remembers by inode, size and the time of change that its owner may set at will: what was
  // read as text and then overwritten by a program or a library passed as text (measured on 1.1.7-5). So of one file only.
  settings.set('obj_cache_size', '1');
  settings.set('watch_fs', (options.watchFileSystems ?? localTypes(before)).join(','));
  const sources = (before.get('trust') ?? '').split(',').flatMap((source) => source.trim() || []);
  if (before.has('trust') && !sources.includes('file')) settings.set('trust', [...sources, 'file'].join(','));
  // fapolicyd refuses to start with this beside file system marks.
  const left = options.fileSystemMarks ? ['ignore_mounts'] : [];
  return withSettings(owners, settings, left);
}

/** The owner's list with every local type; what the owner does not name is fapolicyd's default, which is local. */
function localTypes(owners: ReadonlyMap<string, string>): string[] {
  return [...new Set([...watchedTypes(owners), ...LOCAL_TYPES])];
}

/** Types of file systems that are named to be watched. */
export function watchedTypes(settings: ReadonlyMap<string, string>): string[] {
  return (settings.get('watch_fs') ?? '').split(',').flatMap((type) => type.trim() || []);
}

/** Replaces the lines of the settings, adds those that were absent, and drops lines of the names in `without`. */
export function withSettings(
  text: string,
  settings: ReadonlyMap<string, string>,
  without: readonly string[] = [],
): string {
  const nameOf = (line: string) => /^\s*([A-Za-z_0-9]+)\s*=/.exec(line)?.[1]?.toLowerCase();
  const kept = text.split('\n').filter((line) => {
    const name = nameOf(line);
    return name === undefined || !(settings.has(name) || without.includes(name));
  });
  while (kept.at(-1) === '') kept.pop();
  const added = [...settings].map(([name, value]) => `${name} = ${value}`);
  return `${[...kept, ...added].join('\n')}\n`;
}

/** Whether a running daemon takes over the new configuration by a signal: only `permissive` may differ. */
export function isReloadable(before: string, after: string): boolean {
  const [one, other] = [parseConfiguration(before), parseConfiguration(after)];
  const names = new Set([...one.keys(), ...other.keys()]);
  names.delete('permissive');
  return [...names].every((name) => one.get(name) === other.get(name));
}
