import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import { canaryElf, isCanaryMachine } from './elf.ts';

/** A program that nobody has ever seen before, with the status by which it is known to have run. */
export interface FreshProgram {
  readonly path: string;
  readonly status: number;
}

/**
 * Writes a fresh program into the directory. Name and content are random, so that no list of trusted files, by path
 * or by digest, can know it.
 * @throws Error when there is no canary for this architecture, or the file cannot be written
 */
export async function freshProgram(directory: string): Promise<FreshProgram> {
  const machine = arch();
  if (!isCanaryMachine(machine))
    throw new Error(`There is no canary program for the architecture ${machine}.`);
  const nonce = randomBytes(24);
  // Outside 0 to 2 and 124 to 255, which shells, loaders and signals use.
  const status = 16 + (nonce[0]! % 96);
  const path = join(directory, `untrusted-${nonce.toString('hex', 0, 12)}`);
  const file = await open(path, 'wx', 0o755);
  try {
    await file.writeFile(canaryElf(machine, status, nonce));
    // The process's umask must not decide whether another user may run it.
    await file.chmod(0o755);
  } finally {
    await file.close();
  }
  return { path, status };
}
