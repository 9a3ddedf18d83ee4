import { dirname } from 'node:path';
import type { Context } from './context.ts';
import { rehearse } from './files.ts';

/**
 * Tries to write where a switch is going to, before it changes anything.
 * @param bytes what each directory must have room for
 * @throws what the operating system refused, with the name of the directory
 */
export async function rehearseSwitch({ paths }: Context, bytes: number): Promise<void> {
  for (const directory of [dirname(paths.conf), paths.rules, paths.trustDirectory])
    await rehearse(directory, bytes);
}
