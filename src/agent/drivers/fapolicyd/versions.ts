/** What one range of fapolicyd versions can do; source: its ChangeLog and what was tried (docs of the driver). */
export interface Procedure {
  /** First version of the range. */
  readonly since: readonly [number, number, number];
  /**
   * `restart`: rules and `permissive` are read at start only. `live`: both change on a running daemon by
   * `--reload-rules` and SIGHUP.
   */
  readonly change: 'restart' | 'live';
  /** `fapolicyd-cli --check-rules` exists and says whether rules can be loaded. */
  readonly checksRules: boolean;
}

/**
 * Newest first. 1.3 reloads rules but not `permissive`, so it is restarted as well. `--check-status` is not used: on
 * 1.1.7-5 it made the daemon wait for its own answer, and with it every program that opens a file (measured).
 */
export const PROCEDURES: readonly Procedure[] = [
  { since: [1, 5, 0], change: 'live', checksRules: true },
  { since: [1, 4, 0], change: 'live', checksRules: false },
  { since: [1, 1, 0], change: 'restart', checksRules: false },
];

/** The procedure for a version such as `1.1.7-5` or `1:2.0.1-3.el10`; null for one that is older or cannot be read. */
export function procedureFor(version: string): Procedure | null {
  const found = parseVersion(version);
  if (found === null) return null;
  return PROCEDURES.find(({ since }) => compare(found, since) >= 0) ?? null;
}

/** Epoch and the distribution's suffix are not upstream's, so they are left out. */
export function parseVersion(text: string): [number, number, number] | null {
  const parts = /^(?:\d+:)?(\d+)\.(\d+)(?:\.(\d+))?(?![\d.])/.exec(text.trim());
  return parts === null ? null : [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [index, part] of one.entries()) {
    const difference = part - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
