/**
 * Gathers units into groups. Units given within one turn of the event loop travel together, {@link SHIPMENT} at a time; a
 * group stands in line while the one before is being committed.
 */
import type { Outcome, Statement, Step } from '../sql.ts';
import type { EncodedUnit, UnitOutcome } from './executor.ts';
import { errorOf, type Failure, unavailable } from './failure.ts';

/** Units that may wait; beyond it the disk is slower than the callers, and 503 is better than memory running full. */
const MOST_WAITING = 10_000;

/**
 * Units that leave before the turn is over. A turn that handles a hundred calls takes tens of milliseconds, in which the
 * disk would be idle; so, the first are durable before the last are read. With 16 the writer used a tenth more for each,
 * as fewer shared a commit, and no more of them were done.
 */
const SHIPMENT = 48;

/** A group on its way, with the statements that the other side has not met yet. */
export interface Shipment {
  readonly statements: readonly (readonly [number: number, text: string])[];
  readonly units: readonly EncodedUnit[];
}

/** Sent instead of a shipment, to end the other side after what was sent before. */
export const CLOSE = 'close';

/** What came back, for the units that were sent first. `failed` holds for all of them. */
export type Receipt =
  | { readonly outcomes: readonly UnitOutcome[] }
  | { readonly failed: Failure; readonly count: number };

interface Waiting {
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
}

export interface Group {
  batch(unit: readonly Step[]): Promise<Outcome>;
  /** Settles the units sent first. */
  receive(receipt: Receipt): void;
  /** Fails everything that waits; used when the other side is gone. */
  abandon(error: Error): void;
  /** Units that wait. */
  waiting(): number;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
}

/** @param send takes a shipment away at the end of a turn. */
export function createGroup(send: (shipment: Shipment) => void): Group {
  const numbers = new Map<Statement, number>();
  let unsent: [number, string][] = [];
  let gathered: EncodedUnit[] = [];
  let waiting: Waiting[] = [];
  let first = 0;
  let whenIdle: (() => void)[] = [];

  const numberOf = (statement: Statement): number => {
    const known = numbers.get(statement);
    if (known !== undefined) return known;
    if (statement.name === null) throw new Error('a statement of a unit needs a name');
    const number = numbers.size;
    numbers.set(statement, number);
    unsent.push([number, statement.text]);
    return number;
  };

  const ship = (): void => {
    if (gathered.length === 0) return;
    const shipment = { statements: unsent, units: gathered };
    unsent = [];
    gathered = [];
    send(shipment);
  };

  /** Takes the units sent first off the line; the array is cut only now and then, as cutting it moves the rest. */
  const take = (): Waiting => {
    const next = waiting[first++] as Waiting;
    if (first === waiting.length) {
      waiting = [];
      first = 0;
      for (const resolve of whenIdle) resolve();
      whenIdle = [];
    }
    return next;
  };

  const settle = ({ resolve, reject }: Waiting, outcome: UnitOutcome): void => {
    if ('fault' in outcome) reject(errorOf(outcome.fault));
    else resolve(outcome);
  };

  return {
    batch(unit) {
      if (waiting.length - first >= MOST_WAITING) {
        return Promise.reject(unavailable('More is being written than the disk can take.'));
      }
      if (gathered.length === 0) setImmediate(ship);
      gathered.push(
        unit.map(({ statement, guard, params }) => [numberOf(statement), guard, params] as const),
      );
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        if (gathered.length === SHIPMENT) ship();
      });
    },
    receive(receipt) {
      if ('failed' in receipt) {
        for (let index = 0; index < receipt.count; index += 1) take().reject(errorOf(receipt.failed));
      } else {
        for (const outcome of receipt.outcomes) settle(take(), outcome);
      }
    },
    abandon(error) {
      // Whoever comes next has met no statement.
      numbers.clear();
      unsent = [];
      gathered = [];
      while (first < waiting.length) take().reject(error);
    },
    waiting: () => waiting.length - first,
    idle: () =>
      first === waiting.length ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve)),
  };
}
