import type { Outcome, Step } from '../sql.ts';
import type { Connection } from './connection.ts';
import { runGroup, type Unit } from './executor.ts';
import { unavailable } from './failure.ts';

/** Units that may wait; beyond it the database is slower than the callers, and 503 is better than memory running full. */
const MOST_WAITING = 10_000;
/** Units, and statements, of one commit: they bound how long the first waits for the last, and how long rows are held. */
const MOST_UNITS = 128;
const MOST_STEPS = 640;

export interface Group {
  batch(unit: readonly Step[]): Promise<Outcome>;
  /** Units that wait for their commit. */
  waiting(): number;
  /** Writes what is waiting, then lets go of the connections. */
  close(): Promise<void>;
}

/**
 * Gathers units into groups: what has arrived when a connection is free travels together. Two connections are enough to
 * keep the server busy while one of them waits for its disk.
 * @param committed is told how many units shared each commit
 */
export function createGroup(
  connections: readonly Connection[],
  committed: (units: number) => void = () => {},
): Group {
  const idle = [...connections];
  let waiting: { unit: Unit; place: string }[] = [];
  let writing = 0;
  let planned = false;
  let whenIdle: (() => void)[] = [];

  const take = (): Unit[] => {
    let units = 0;
    let steps = 0;
    for (const { unit } of waiting) {
      if (units === MOST_UNITS || (units > 0 && steps + unit.steps.length > MOST_STEPS)) break;
      units += 1;
      steps += unit.steps.length;
    }
    const taken = waiting.slice(0, units);
    waiting = waiting.slice(units);
    // Two groups that touch the same rows take them in the same order, so that they wait and do not deadlock.
    taken.sort((one, other) => (one.place < other.place ? -1 : one.place > other.place ? 1 : 0));
    return taken.map(({ unit }) => unit);
  };

  const write = async (connection: Connection, units: readonly Unit[]): Promise<void> => {
    writing += units.length;
    try {
      await runGroup(await connection.session(), units);
      committed(units.length);
    } catch (error) {
      for (const unit of units) unit.reject(error as Error);
    } finally {
      writing -= units.length;
    }
  };

  const dispatch = (): void => {
    planned = false;
    while (waiting.length > 0) {
      const connection = idle.pop();
      if (connection === undefined) return;
      void write(connection, take()).then(() => {
        idle.push(connection);
        dispatch();
      });
    }
    if (idle.length < connections.length) return;
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
  };

  return {
    batch(steps) {
      if (steps.length === 0) return Promise.resolve({ done: true, results: [] });
      if (waiting.length >= MOST_WAITING) {
        return Promise.reject(unavailable('More is being written than the database can take.'));
      }
      if (!planned) {
        planned = true;
        setImmediate(dispatch);
      }
      return new Promise((resolve, reject) => {
        const place = (steps[0]?.params ?? []).slice(0, 2).join(' ');
        waiting.push({ unit: { steps, resolve, reject }, place });
      });
    },
    waiting: () => waiting.length + writing,
    async close() {
      if (waiting.length > 0 || idle.length < connections.length) {
        await new Promise<void>((resolve) => whenIdle.push(resolve));
      }
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}
