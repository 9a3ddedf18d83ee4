import { ACTION_TYPES, type ActionTypeName } from '../../../src/contract/control.ts';
import { ACTION_STATUSES, type ActionStatus } from '../../../src/contract/machine-action.ts';
import { isActive } from '../control/words.ts';
import type { Followed } from './followed.ts';

/** Actions that are written of all requests; beyond them the oldest requests are left out. */
const MOST_ACTIONS = 2_000;
/** Milliseconds after which a request is not followed any more; the server has ended its actions by then. */
const OLD = 7 * 24 * 3_600_000;

/** The requests of the person, the newest ones, as plain values. */
export function written(requests: readonly Followed[], principal: string): readonly unknown[] {
  let actions = 0;
  return requests
    .filter((request) => request.principal === principal)
    .toReversed()
    .filter(({ machines }) => {
      actions += machines.size;
      return actions <= MOST_ACTIONS;
    })
    .toReversed()
    .map((request) => ({
      ...request,
      machines: [...request.machines].map(([action, { id, name }]) => [action, id, name]),
      ends: [...request.ends],
    }));
}

/**
 * The requests of the person out of what {@link written} made. What is not of that form is left out, whoever wrote it.
 * @param now milliseconds since the epoch
 */
export function readWritten(value: unknown, principal: string, now: number): readonly Followed[] {
  if (!Array.isArray(value)) return [];
  return value
    .map(requestOf)
    .filter((request) => request !== null)
    .filter((request) => request.principal === principal && now - Date.parse(request.to) < OLD);
}

/** What goes into addresses and filters has the form that the server gives it. */
const ACTION_ID = /^[0-9a-f-]{36}$/;
const MACHINE_ID = /^[0-9a-f]{40}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/;
const LONGEST = 1_000;

function requestOf(value: unknown): Followed | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, type, requestor, principal, from, to, machines, ends } = value as Record<string, unknown>;
  const whole =
    matches(id, ACTION_ID) && isType(type) && isText(requestor) && isText(principal) && matches(from, TIME);
  if (!whole || !matches(to, TIME) || !isList(machines, isMachine) || !isList(ends, isEnd)) return null;
  const known = new Map(machines.map(([action, machine, name]) => [action, { id: machine, name }] as const));
  const ended = new Map(ends.filter(([action]) => known.has(action)));
  return known.has(id) ? { id, type, requestor, principal, from, to, machines: known, ends: ended } : null;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= LONGEST;
const matches = (value: unknown, form: RegExp): value is string => isText(value) && form.test(value);
const isType = (value: unknown): value is ActionTypeName =>
  typeof value === 'string' && Object.hasOwn(ACTION_TYPES, value);

const isList = <T>(value: unknown, isOne: (one: unknown) => one is T): value is readonly T[] =>
  Array.isArray(value) && value.length <= MOST_ACTIONS && value.every(isOne);

const isMachine = (value: unknown): value is readonly [action: string, machine: string, name: string] =>
  Array.isArray(value) && matches(value[0], ACTION_ID) && matches(value[1], MACHINE_ID) && isText(value[2]);

const isEnd = (value: unknown): value is readonly [action: string, status: ActionStatus] =>
  Array.isArray(value) &&
  matches(value[0], ACTION_ID) &&
  (ACTION_STATUSES as readonly unknown[]).includes(value[1]) &&
  !isActive(value[1] as ActionStatus);
