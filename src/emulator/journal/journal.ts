import { JOURNAL_LIMITS, type WireJournal, type WireJournalEntry } from '../../contract/emulator/journal.ts';

/** Which entries are asked for; null leaves a property out. */
export interface JournalFilter {
  readonly operation: string | null;
  /** Entries after this one, by id. */
  readonly afterId: number | null;
  /** Entries of this time and later, in the form of their `time`. */
  readonly since: string | null;
  /** Lowest and highest status. */
  readonly status: readonly [least: number, most: number] | null;
}

/** The last calls, in memory, bounded in number and size. */
export interface Journal {
  /** Takes an entry up; `id` is given to it. It may still change until {@link Journal.weigh}. */
  add(entry: Omit<WireJournalEntry, 'id'>): WireJournalEntry;
  /** Counts what an entry takes now that it is complete, and lets the oldest make room. */
  weigh(entry: WireJournalEntry): void;
  list(filter: JournalFilter): WireJournal;
  /** Removes every entry; numbers go on. */
  clear(): void;
}

export function createJournal(limits: { entries: number; characters: number } = JOURNAL_LIMITS): Journal {
  let entries: WireJournalEntry[] = [];
  const weights = new Map<number, number>();
  let weight = 0;
  let lastId = 0;
  let dropped = 0;

  const makeRoom = () => {
    let gone = 0;
    while (entries.length - gone > limits.entries || (weight > limits.characters && gone < entries.length)) {
      const { id } = entries[gone]!;
      weight -= weights.get(id) ?? 0;
      weights.delete(id);
      gone += 1;
    }
    if (gone > 0) entries = entries.slice(gone);
    dropped += gone;
  };

  const count = (entry: WireJournalEntry) => {
    const before = weights.get(entry.id);
    // One that was dropped while its call was under way takes nothing.
    if (before === undefined) return;
    const now = JSON.stringify(entry).length;
    weights.set(entry.id, now);
    weight += now - before;
    makeRoom();
  };

  return {
    add(content) {
      lastId += 1;
      const entry: WireJournalEntry = { id: lastId, ...content };
      entries.push(entry);
      weights.set(entry.id, 0);
      count(entry);
      return entry;
    },
    weigh: count,
    list({ operation, afterId, since, status }) {
      const value = entries.filter(
        (entry) =>
          (operation === null || entry.operation === operation) &&
          (afterId === null || entry.id > afterId) &&
          (since === null || entry.time >= since) &&
          (status === null ||
            (entry.status !== null && entry.status >= status[0] && entry.status <= status[1])),
      );
      return { value: value.map((entry) => ({ ...entry })), dropped };
    },
    clear() {
      entries = [];
      weights.clear();
      weight = 0;
      dropped = 0;
    },
  };
}
