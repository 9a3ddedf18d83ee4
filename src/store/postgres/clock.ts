/** A clock that all processes on one database share: the database's, carried on by this process's monotonic one. */
export interface DatabaseClock {
  /** Milliseconds since 1970, whole. */
  milliseconds(): number;
  /** Asks the database again; to be called every few seconds. A failure leaves the clock as it runs. */
  measure(): Promise<void>;
}

/** A measurement that took longer says too little, unless it is the first. Milliseconds. */
const LONGEST = 500;
/** Differences within the error of a measurement are left, so that the clock does not step to and fro. Milliseconds. */
const NOISE = 5;

/**
 * @param read milliseconds since 1970 at the database
 * @param monotonic milliseconds that never jump
 */
export async function startDatabaseClock(
  read: () => Promise<number>,
  monotonic: () => number,
): Promise<DatabaseClock> {
  let offset: number | null = null;
  const measure = async (): Promise<void> => {
    const began = monotonic();
    const there = await read();
    const took = monotonic() - began;
    const measured = there - (began + took / 2);
    if (offset !== null && (took > LONGEST || Math.abs(measured - offset) <= NOISE + took / 2)) return;
    offset = measured;
  };
  await measure();
  return { milliseconds: () => Math.floor((offset ?? 0) + monotonic()), measure };
}
