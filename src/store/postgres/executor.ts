/**
 * Executes groups of units on one connection, all of a group in one transaction, so that one flush of the server's log
 * makes a whole group durable. A group is two messages and two answers: its statements, then the commit, which is sent
 * when every guard is known to have found its row.
 *
 * Units that must be undone alone make the group begin again without them, and follow each in a transaction of its own:
 * a savepoint would cost every unit as much as a statement, and wait for an answer of its own.
 */
import { INTERRUPTED } from '../interrupted.ts';
import { type Outcome, type Step, type StepResult, statement } from '../sql.ts';
import type { Session } from './connection.ts';
import { errorOf, isBroken, isConflict, isLost, unavailable } from './failure.ts';
import type { Call } from './pipeline.ts';

/** A unit with those who wait for it. */
export interface Unit {
  readonly steps: readonly Step[];
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
}

/** How often a group begins again before each of its units goes alone. */
const GROUP_TRIES = 3;
/** How often a unit that others were in the way of is executed. */
const UNIT_TRIES = 5;

const control = (text: string): Call => ({ statement: statement(text, text), params: [] });
const BEGIN = control('begin');
const COMMIT = control('commit');
const ROLLBACK = control('rollback');

/** What became of units before the commit; `at` is the unit that had the error, `refused` its guard before that. */
type Tried =
  | { readonly outcomes: readonly Outcome[] }
  | { readonly error: unknown; readonly at: number; readonly refused: number };

/** Executes the units and settles each of them. Never rejects. */
export async function runGroup(session: Session, group: readonly Unit[]): Promise<void> {
  let together = group;
  const alone: Unit[] = [];
  for (let round = 0; together.length > 1 && round < GROUP_TRIES; round += 1) {
    const tried = await execute(session, together);
    if ('outcomes' in tried) {
      const { outcomes } = tried;
      const undone = together.filter((unit, index) => hasWritten(unit, outcomes[index] as Outcome));
      if (undone.length === 0) return finish(session, together, outcomes, alone);
      alone.push(...undone);
      together = together.filter((unit) => !undone.includes(unit));
    } else {
      if (isLost(tried.error)) return fail([...together, ...alone], errorOf(tried.error));
      // Who was in the way of one unit may be in the way of others.
      const parted = isConflict(tried.error) ? together : [together[tried.at] as Unit];
      alone.push(...parted);
      together = together.filter((unit) => !parted.includes(unit));
    }
    await session.run([ROLLBACK]);
  }
  await runEach(session, [...together, ...alone]);
}

/** Commits; what the server refused to commit goes alone, before what already had to. */
async function finish(
  session: Session,
  units: readonly Unit[],
  outcomes: readonly Outcome[],
  alone: readonly Unit[],
): Promise<void> {
  const committed = await commit(session, units, outcomes);
  await runEach(session, committed ? alone : [...units, ...alone]);
}

/** Each unit in a transaction of its own. Those that others are in the way of are tried again behind the rest. */
async function runEach(session: Session, units: readonly Unit[]): Promise<void> {
  let left = units;
  for (let round = 1; left.length > 0; round += 1) {
    const again: Unit[] = [];
    for (const unit of left) {
      const conflict = await runAlone(session, unit);
      if (conflict === null) continue;
      if (round < UNIT_TRIES) again.push(unit);
      else unit.reject(errorOf(conflict));
    }
    left = again;
  }
}

/** Settles the unit and returns null, or returns the conflict because of which it may be tried again. */
async function runAlone(session: Session, unit: Unit): Promise<unknown> {
  const tried = await execute(session, [unit]);
  if ('outcomes' in tried) {
    const [outcome] = tried.outcomes as readonly [Outcome];
    if (outcome.done)
      return (await commit(session, [unit], [outcome])) ? null : new Error('the commit was refused');
    await session.run([ROLLBACK]);
    unit.resolve(outcome);
    return null;
  }
  await session.run([ROLLBACK]);
  if (tried.refused >= 0) unit.resolve({ done: false, refused: tried.refused });
  else if (isConflict(tried.error)) return tried.error;
  else unit.reject(errorOf(tried.error));
  return null;
}

/** What stands before and behind the guard that refused was executed too; only a statement alone has written nothing. */
const hasWritten = (unit: Unit, outcome: Outcome): boolean => !outcome.done && unit.steps.length > 1;

const fail = (units: readonly Unit[], error: Error): void => {
  for (const unit of units) unit.reject(error);
};

/**
 * Begins a transaction and executes all statements of the units in it. What stands behind a guard that found no row is
 * executed too, since the guard's answer is not waited for; an error in it means nothing.
 */
async function execute(session: Session, units: readonly Unit[]): Promise<Tried> {
  const calls: Call[] = [BEGIN];
  for (const { steps } of units) calls.push(...steps);
  const { results, error } = await session.run(calls);
  const outcomes: Outcome[] = [];
  let position = 1;
  for (const [at, { steps }] of units.entries()) {
    const own = results.slice(position, position + steps.length);
    const refused = own.findIndex((result, index) => steps[index]?.guard === true && isEmpty(result));
    if (error !== null && own.length < steps.length) return { error, at, refused };
    outcomes.push(refused < 0 ? { done: true, results: own } : { done: false, refused });
    position += steps.length;
  }
  return { outcomes };
}

const isEmpty = (result: StepResult): boolean => (typeof result === 'number' ? result : result.length) === 0;

/** Commits and settles the units; false when the server refused to, so that they may be tried again. */
async function commit(
  session: Session,
  units: readonly Unit[],
  outcomes: readonly Outcome[],
): Promise<boolean> {
  const { error } = await session.run([COMMIT]);
  if (error === null) {
    for (const [index, unit] of units.entries()) unit.resolve(outcomes[index] as Outcome);
    return true;
  }
  if (!isBroken(error)) return false;
  fail(units, unavailable(INTERRUPTED, errorOf(error)));
  return true;
}
