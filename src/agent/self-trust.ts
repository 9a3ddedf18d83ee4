import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isSea } from 'node:sea';

/**
 * What the agent reads while everything untrusted is refused, its next start included: the program that runs it, and
 * its code with the packages that the command around it loads. A single executable is only itself.
 */
export function ownFiles(
  program: string = process.execPath,
  directory: string | undefined = isSea() ? undefined : import.meta.dirname,
  exists: (path: string) => boolean = existsSync,
): string[] {
  const root = packageRoot(directory, exists);
  if (root === null || directory === undefined) return [program];
  const parent = dirname(root);
  // Installed beside what it depends on: `node_modules/cordon`.
  if (basename(parent) === 'node_modules') return [program, parent];
  const [code = ''] = relative(root, directory).split(sep);
  const parts = [join(root, 'package.json'), join(root, code), join(root, 'node_modules')];
  return [program, ...parts.filter(exists)];
}

/** The nearest directory upwards with a `package.json`; null when there is none. */
function packageRoot(directory: string | undefined, exists: (path: string) => boolean): string | null {
  for (let at = directory; at !== undefined && at !== dirname(at); at = dirname(at)) {
    if (exists(join(at, 'package.json'))) return at;
  }
  return null;
}

/** Program, by absolute path, and first arguments that start this very command again, in another process. */
export function ownCommand(): string[] {
  const script = process.argv[1];
  if (isSea() || script === undefined) return [process.execPath];
  return [process.execPath, ...process.execArgv, resolve(script)];
}
