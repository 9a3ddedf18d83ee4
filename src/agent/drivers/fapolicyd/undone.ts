import { writeFileDurably } from '../../durable-file.ts';
import type { Context } from './context.ts';
import { removeFile } from './files.ts';
import { readOwn, readRecord, type Trial } from './record.ts';
import { isOnTrial } from './trial.ts';

/** A trial that was undone by somebody else than the agent, for the agent to report when it is there again. */
interface Undone {
  readonly order: string;
  readonly reason: string;
}

/**
 * Says why a trial is about to be undone. Without this an agent would take up its order again and restrict once more a
 * device that was just freed; on a full disk that is still better than to leave it locked out.
 */
export async function noteUndone({ paths }: Context, { order }: Trial, reason: string): Promise<void> {
  const note: Undone = { order, reason };
  await writeFileDurably(paths.undone, JSON.stringify(note)).catch(() => undefined);
}

/** Why the trial for an order was undone by another process; null when none did, or nothing can be learnt of it. */
export async function whyUndone({ options, paths }: Context, order: string): Promise<string | null> {
  const note = await readOwn<Undone>(paths.undone).catch(() => null);
  if (note?.order !== order) return null;
  const record = await readRecord(options).catch(() => null);
  return isOnTrial(record) ? null : note.reason;
}

/** A new trial makes what was noted of an earlier one untrue. */
export async function forgetUndone({ paths }: Context): Promise<void> {
  await removeFile(paths.undone);
}
