/** Body of `POST /cordon/v1/emulator/clock`. */
export interface ClockAdvance {
  /** ISO 8601 duration from `PT1S` to `P3650D`, weeks to seconds. */
  Advance: string;
}

/** Bounds of how far the clock may be ahead in all, in milliseconds. */
export const ADVANCE = { least: 1000, most: 3650 * 86_400_000 } as const;

export interface WireClock {
  /** What the emulator takes for the present. */
  now: string;
  /** Milliseconds by which that is ahead of the machine's own clock. */
  aheadMilliseconds: number;
}
