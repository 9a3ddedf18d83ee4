/** Counts by code. */
export interface Tally {
  add(code: string): void;
  all(): Readonly<Record<string, number>>;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add: (code) => void counts.set(code, (counts.get(code) ?? 0) + 1),
    all: () => Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}
