/**
 * Judges a run by what was said during it. Knows the rules from the design alone and calls nothing of the product, so
 * that an error there is not mirrored here.
 */
import { expectedMode } from './expected-mode.ts';
import type { ActionRecord, History, Stored } from './history.ts';

/** Each is a figure of `npm run faults`. */
export type ViolationKind = 'lost' | 'doubled' | 'wrongMode';

export interface Violation {
  readonly kind: ViolationKind;
  /** The action or machine. */
  readonly about: string;
  readonly detail: string;
}

type Rule = (history: History) => Iterable<Violation>;

const FINAL: readonly string[] = ['Succeeded', 'Failed', 'TimeOut', 'Cancelled'];
/** The life cycle, from the design's part 4. The empty status is that of an action which is not there yet. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  '': ['Pending'],
  Pending: ['InProgress', 'Failed', 'TimeOut', 'Cancelled'],
  InProgress: ['Succeeded', 'Failed', 'TimeOut', 'Cancelled'],
};

const RULES: readonly Rule[] = [
  acceptedIsThere,
  acceptedEnds,
  cancelledStays,
  keyGivesOneAction,
  oneFinalState,
  finalStateStays,
  historyIsWhole,
  successIsProven,
  generationsGrow,
  desiredFollows,
  deviceFollows,
];

/** Everything that breaks a promise; empty when nothing does. */
export function violations(history: History): Violation[] {
  return RULES.flatMap((rule) => [...rule(history)]);
}

function* acceptedIsThere({ accepted, end }: History): Iterable<Violation> {
  const actions = byId(end);
  for (const { actionId, machineId, mode } of accepted) {
    const found = actions.get(actionId);
    if (found === undefined) yield lost(actionId, 'answered with 201 and not there');
    else if (found.machineId !== machineId || found.mode !== mode)
      yield lost(actionId, 'answered with 201 for another machine or type');
  }
}

function* acceptedEnds({ end }: History): Iterable<Violation> {
  for (const { id, status } of end.actions)
    if (!FINAL.includes(status)) yield lost(id, `never ended, it is ${status}`);
}

function* cancelledStays({ cancelled, end }: History): Iterable<Violation> {
  const actions = byId(end);
  for (const id of cancelled) {
    const status = actions.get(id)?.status;
    if (status !== 'Cancelled') yield lost(id, `its cancellation was accepted, and it is ${status}`);
  }
}

function* keyGivesOneAction({ accepted }: History): Iterable<Violation> {
  const known = new Map<string, string>();
  for (const { key, actionId } of accepted) {
    const first = known.get(key) ?? actionId;
    known.set(key, first);
    if (first !== actionId) yield doubled(actionId, `has the key ${key} of ${first}`);
  }
}

function* oneFinalState({ end }: History): Iterable<Violation> {
  for (const { id, events } of end.actions) {
    const ends = events.filter(({ late, status }) => late === 0 && FINAL.includes(status));
    if (ends.length > 1) yield doubled(id, `ended as ${ends.map(({ status }) => status).join(' and ')}`);
  }
}

function* finalStateStays({ before, end }: History): Iterable<Violation> {
  const first = new Map<string, string>();
  for (const { actions } of [...before, end])
    for (const { id, status } of actions) {
      const known = first.get(id);
      if (known !== undefined && known !== status) yield doubled(id, `was ${known}, and then ${status}`);
      else if (FINAL.includes(status)) first.set(id, status);
    }
  const there = byId(end);
  for (const [id, status] of first) if (!there.has(id)) yield lost(id, `was ${status}, and is gone`);
}

/** Transitions are numbered without a gap, go the ways of the life cycle forward in time, and lead to the status. */
function* historyIsWhole({ end }: History): Iterable<Violation> {
  for (const { id, status, events } of end.actions) {
    const transitions = events.filter(({ late }) => late === 0);
    let last = '';
    for (const [index, event] of transitions.entries()) {
      if (event.revision !== index + 1)
        yield doubled(id, `revision ${event.revision} stands where ${index + 1} belongs`);
      if (!STEPS[last]?.includes(event.status))
        yield doubled(id, `went from ${last || 'nothing'} to ${event.status}`);
      if (event.at < (transitions[index - 1]?.at ?? ''))
        yield doubled(id, `went back in time at ${event.at}`);
      last = event.status;
    }
    if (last !== status) yield doubled(id, `is ${status}, and its history ends with ${last || 'nothing'}`);
    for (const { revision, late, status: noted } of events) {
      if (late === 0) continue;
      const transition = transitions.find((one) => one.revision === revision);
      if (transition?.status !== noted)
        yield doubled(id, `an event without a transition says ${noted} at revision ${revision}`);
    }
  }
}

function* successIsProven({ end }: History): Iterable<Violation> {
  for (const { id, events } of end.actions)
    if (events.some(({ late, status, proof }) => late === 0 && status === 'Succeeded' && !proof))
      yield wrongMode(id, 'succeeded without a proof');
}

function* generationsGrow({ before, end }: History): Iterable<Violation> {
  const highest = new Map<string, number>();
  for (const { controls } of [...before, end])
    for (const { machineId, generation } of controls) {
      const known = highest.get(machineId) ?? 0;
      if (generation < known)
        yield wrongMode(machineId, `its generation fell from ${known} to ${generation}`);
      highest.set(machineId, Math.max(known, generation));
    }
  const taken = new Map<string, string>();
  for (const { id, machineId, generation } of end.actions) {
    const other = taken.get(`${machineId} ${generation}`);
    taken.set(`${machineId} ${generation}`, id);
    if (other !== undefined) yield wrongMode(machineId, `${other} and ${id} share generation ${generation}`);
    if (generation > (highest.get(machineId) ?? 0))
      yield wrongMode(machineId, `its generation is below ${generation}, that of ${id}`);
  }
}

function* desiredFollows(history: History): Iterable<Violation> {
  for (const { machineId, mode } of history.end.controls) {
    const expected = expectedMode(machineId, history);
    if (mode !== expected)
      yield wrongMode(machineId, `${mode} is wanted of it, and its actions give ${expected}`);
  }
}

function* deviceFollows(history: History): Iterable<Violation> {
  for (const { machineId, mode } of history.devices) {
    const expected = expectedMode(machineId, history);
    if (expected === 'unmanaged' && mode === 'unrestricted' && wasBegun(machineId, history.end)) continue;
    if (mode !== expected)
      yield wrongMode(machineId, `the device is ${mode}, and its actions give ${expected}`);
  }
}

/**
 * Whether the device began anything. A first order that was undone leaves the control unmanaged (the design's table of part
 * 4), and the device has let go of what it did by a release: it is as its owner had it, and its driver says `unrestricted`.
 * A device that was never given anything to begin has touched nothing, and its driver must say so.
 */
function wasBegun(machineId: string, { actions }: Stored): boolean {
  return actions.some(
    (action) =>
      action.machineId === machineId &&
      action.events.some(({ late, status }) => late === 0 && status === 'InProgress'),
  );
}

function byId({ actions }: Stored): Map<string, ActionRecord> {
  return new Map(actions.map((action) => [action.id, action]));
}

const violation =
  (kind: ViolationKind) =>
  (about: string, detail: string): Violation => ({ kind, about, detail });
const lost = violation('lost');
const doubled = violation('doubled');
const wrongMode = violation('wrongMode');
