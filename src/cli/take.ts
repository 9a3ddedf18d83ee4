/**
 * The first entries of a collection, and whether there are more: one more than `top` is asked for, so that a list
 * that was cut can say so.
 */
export async function takeUpTo<T>(
  top: number,
  ask: (top: number) => AsyncIterable<T>,
): Promise<{ entries: T[]; more: boolean }> {
  const entries: T[] = [];
  for await (const entry of ask(top + 1)) {
    if (entries.length === top) return { entries, more: true };
    entries.push(entry);
  }
  return { entries, more: false };
}
