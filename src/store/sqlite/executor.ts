/**
 * Executes groups of units on one connection, all of a group in one transaction, so that one fsync makes a whole group
 * durable. Knows no thread; the writer's worker and the in-memory store use it alike.
 *
 * A group is first tried without savepoints, which cost a unit about as much as one of its statements; only when a
 * unit must be undone alone is the transaction rolled back and the group executed again with a savepoint for each, and
 * so are the next few.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Outcome, StepResult, Value } from '../sql.ts';
import { numbered } from './dialect.ts';
import { type Failure, failureOf, isPassing } from './failure.ts';

/** Groups executed with savepoints after one that needed them, so that a caller who is refused again and again does not have every group executed twice. */
const CAREFUL_GROUPS = 16;

/** A step as it travels: number of the statement, whether it guards, parameters. */
export type EncodedStep = readonly [statement: number, guards: boolean, params: readonly Value[]];
export type EncodedUnit = readonly EncodedStep[];
/** What became of a unit; a fault took only its own unit along. */
export type UnitOutcome = Outcome | { readonly fault: Failure };

export interface Executor {
  /** Makes a statement known under a number. */
  register(statement: number, text: string): void;
  /** Executes and commits a group. The failure, when there is one, is of every unit: nothing was written. */
  run(group: readonly EncodedUnit[]): readonly UnitOutcome[] | { readonly failed: Failure };
}

interface Prepared {
  readonly statement: StatementSync;
  readonly returns: boolean;
}

export function createExecutor(database: DatabaseSync): Executor {
  const texts = new Map<number, string>();
  const prepared: Prepared[] = [];
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const rollback = database.prepare('rollback');
  const savepoint = database.prepare('savepoint unit');
  const release = database.prepare('release unit');
  const undo = database.prepare('rollback to unit');

  const prepare = (number: number): Prepared => {
    const text = texts.get(number) as string;
    const ready = { statement: database.prepare(numbered(text)), returns: /\breturning\b/i.test(text) };
    prepared[number] = ready;
    return ready;
  };

  const runUnit = (unit: EncodedUnit): Outcome => {
    const results: StepResult[] = [];
    for (const [index, [number, guards, params]] of unit.entries()) {
      const { statement, returns } = prepared[number] ?? prepare(number);
      const result = returns
        ? (statement.all(...params) as StepResult)
        : Number(statement.run(...params).changes);
      if (guards && (typeof result === 'number' ? result : result.length) === 0) {
        return { done: false, refused: index };
      }
      results.push(result);
    }
    return { done: true, results };
  };

  /** Throws only what concerns the whole group. */
  const runMember = (unit: EncodedUnit): UnitOutcome => {
    savepoint.run();
    let outcome: UnitOutcome;
    try {
      outcome = runUnit(unit);
    } catch (error) {
      const fault = failureOf(error);
      // After some failures (a full disk among them) SQLite has rolled the transaction back by itself.
      if (isPassing(fault) || !database.isTransaction) throw error;
      outcome = { fault };
    }
    if ('fault' in outcome || !outcome.done) undo.run();
    release.run();
    return outcome;
  };

  /** The outcomes, or null when a unit has written something that must be undone. */
  const runTogether = (group: readonly EncodedUnit[]): readonly UnitOutcome[] | null => {
    const outcomes: UnitOutcome[] = [];
    for (const unit of group) {
      let outcome: Outcome;
      try {
        outcome = runUnit(unit);
      } catch (error) {
        if (isPassing(failureOf(error)) || !database.isTransaction) throw error;
        return null;
      }
      // Refused by its first statement, a unit has written nothing.
      if (!outcome.done && outcome.refused > 0) return null;
      outcomes.push(outcome);
    }
    return outcomes;
  };

  let careful = 0;
  const runGroup = (group: readonly EncodedUnit[]): readonly UnitOutcome[] => {
    if (careful > 0) {
      careful -= 1;
      return group.map(runMember);
    }
    const outcomes = runTogether(group);
    if (outcomes !== null) return outcomes;
    careful = CAREFUL_GROUPS;
    rollback.run();
    begin.run();
    return group.map(runMember);
  };

  return {
    register: (statement, text) => void texts.set(statement, text),
    run(group) {
      try {
        begin.run();
        const outcomes = runGroup(group);
        commit.run();
        return outcomes;
      } catch (error) {
        const failed = failureOf(error);
        if (database.isTransaction) rollback.run();
        return { failed };
      }
    },
  };
}
