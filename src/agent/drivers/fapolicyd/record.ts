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
  /** The boot that it was started in; after another one, the service manager has started it with the same files. */
  readonly boot: string;
  /** Set as long as the restriction is not confirmed; without it, it is undone by nobody but a release. */
  readonly trial: Trial | null;
}

/** A restriction that is undone unless it is confirmed in time. Nothing of it depends on the time of day. */
export interface Trial {
  /** Its name, another one each time that it is begun anew. */
  readonly id: string;
  /** Name of the order it is for. */
  readonly order: string;
  /** Seconds since boot at which its time is over. */
  readonly deadline: number;
  /** The boot that the seconds count from. */
  readonly boot: string;
}

/** True when nothing of ours is in force or half in force, so that what is there now is the owner's. */
export function isOwners(record: SwitchRecord | null): boolean {
  return record === null || (record.mode === 'unrestricted' && record.phase === 'applied');
}

/** Tells one boot from another (proc(5)); the same for all processes, and nobody's choice. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

export async function presentBoot(): Promise<string> {
  return (await readIfThere(BOOT_ID))?.toString('utf8').trim() ?? '';
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
