import { mkdir } from 'node:fs/promises';
import type { Mode, WantedMode } from '../../../contract/control.ts';
import type { ProcessIdentity } from '../../daemon-process.ts';
import { writeFileDurably } from '../../durable-file.ts';
import { readIfThere, removeFile } from './files.ts';
import { type FapolicydOptions, pathsOf } from './options.ts';
import { Refusal } from './refusal.ts';

/**
 * How far a switch came. `switching` and `undoing` say that files may be half ours; only `applied` says that the mode
 * is in force. Absent: nothing of ours was ever here, or nothing is left of it.
 */
export interface SwitchRecord {
  readonly mode: WantedMode;
  readonly phase: 'switching' | 'applied' | 'undoing';
  /** Mode before the first change, which an undo goes back to. */
  readonly before: Exclude<Mode, 'restricted'>;
  /** SHA-256 by path of every file that is in force; empty unless restricted and applied. */
  readonly files: Readonly<Record<string, string>>;
  /** The enforcer that was started with these files; another one may have been started with others. */
  readonly enforcer: ProcessIdentity | null;
}

/** @throws Refusal when the file is there and cannot be understood */
export async function readRecord(options: FapolicydOptions): Promise<SwitchRecord | null> {
  return readOwn<SwitchRecord>(pathsOf(options).record);
}

export async function writeRecord(options: FapolicydOptions, record: SwitchRecord): Promise<void> {
  await mkdir(options.stateDirectory, { recursive: true, mode: 0o700 });
  await writeFileDurably(pathsOf(options).record, JSON.stringify(record));
}

export async function forgetRecord(options: FapolicydOptions): Promise<void> {
  await removeFile(pathsOf(options).record);
}

/** Reads a JSON file of ours, written whole or not at all; null when there is none. @throws Refusal */
export async function readOwn<T>(path: string): Promise<T | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  try {
    return JSON.parse(text.toString('utf8')) as T;
  } catch (cause) {
    throw new Refusal(`The driver's own file ${path} is damaged; restore it from a backup.`, { cause });
  }
}
