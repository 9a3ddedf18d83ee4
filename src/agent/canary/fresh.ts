import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import { type CanaryMachine, canaryElf, isCanaryMachine } from './elf.ts';
import { canarySharedObject } from './shared-object.ts';

/** A file that nobody has ever seen before, with the status by which it is known to have run. */
export interface FreshFile {
  readonly path: string;
  readonly status: number;
}

/** What can be made fresh. */
export type Content = (machine: CanaryMachine, status: number, nonce: Uint8Array) => Uint8Array;

export const PROGRAM: Content = canaryElf;
export const sharedObject =
  (loader: string | null): Content =>
  (machine, status, nonce) =>
    canarySharedObject(machine, status, nonce, loader);
export const script =
  (shebang: string): Content =>
  (_machine, status, nonce) =>
    Buffer.from(`${shebang}# ${Buffer.from(nonce).toString('hex')}\nexit ${status}\n`);

/** @throws Error when there is no canary for this architecture */
export function canaryMachine(): CanaryMachine {
  const machine = arch();
  if (!isCanaryMachine(machine))
    throw new Error(`There is no canary program for the architecture ${machine}.`);
  return machine;
}

/** Bytes that nobody has seen before, and the status by which they are known to have run. */
export function freshBytes(content: Content): { bytes: Uint8Array; status: number; name: string } {
  const nonce = randomBytes(24);
  // 80 to 95: no status that shells, loaders, mount (32, 64), sysexits (64 to 78) or a signal end with.
  const status = 80 + (nonce[0]! % 16);
  return {
    bytes: content(canaryMachine(), status, nonce),
    status,
    name: `untrusted-${nonce.toString('hex', 0, 12)}`,
  };
}

/**
 * Writes a fresh file into the directory. Name and content are random, so that no list of trusted files, by path or by
 * digest, can know it.
 * @throws Error when there is no canary for this architecture, or the file cannot be written
 */
export async function freshFile(directory: string, content: Content = PROGRAM): Promise<FreshFile> {
  const { bytes, status, name } = freshBytes(content);
  const path = join(directory, name);
  const file = await open(path, 'wx', 0o755);
  try {
    await file.writeFile(bytes);
    // The process's umask must not decide whether another user may run it.
    await file.chmod(0o755);
  } finally {
    await file.close();
  }
  return { path, status };
}
