import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** The comment of a request: as given, or asked of the person at the terminal. */
export async function commentOf(given: string | null, io: Io): Promise<string> {
  const comment = given ?? (io.ask === null ? '' : await io.ask('Comment (why, for the history): '));
  if (comment.trim() === '') {
    throw new UsageError('--comment (or CORDON_COMMENT) is needed: the history keeps why this was asked.');
  }
  return comment;
}
