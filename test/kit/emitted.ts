/** Programs of ours as JavaScript in few files, for worlds in which hundreds of processes are started of them. */
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { emitCommand } from '../../scripts/build/command.ts';
import { INSIDE } from './fapolicyd-inside.ts';

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));
const PUPPET = fileURLToPath(new URL('./fapolicyd-puppet.ts', import.meta.url));
/** The command says its version by it, and the agent finds by it what is its own. */
const MANIFEST = fileURLToPath(new URL('../../package.json', import.meta.url));

/** The command as the package has it, with this project's version. Returns its path. */
export async function emitCommandInto(directory: string): Promise<string> {
  const code = join(directory, 'lib');
  await emitCommand(SOURCES, code);
  copyFileSync(MANIFEST, join(directory, 'package.json'));
  return join(code, 'bin/cordon.js');
}

/** What carries out calls of the driver inside a world. */
export async function emitPuppetInto(directory: string): Promise<void> {
  const bundle = await rolldown({ input: PUPPET, platform: 'node' });
  await bundle.write({ file: join(directory, basename(INSIDE.puppet)), format: 'esm' });
  await bundle.close();
  copyFileSync(MANIFEST, join(directory, 'package.json'));
}
