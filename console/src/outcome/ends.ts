import type { WireRequestedAction } from '../../../src/contract/cordon.ts';
import { ACTION_STATUSES, type ActionStatus } from '../../../src/contract/machine-action.ts';
import { orderOfWireTime } from '../../../src/contract/time.ts';
import { ACTION_TITLES, isActive } from '../control/words.ts';
import { grouped } from '../text/count.ts';
import { all, among, literal } from '../wire/odata.ts';
import type { Followed } from './followed.ts';

/** Requests that are kept; beyond them the oldest is forgotten that has ended. */
const MOST = 20;

/**
 * The requests with one more, of the actions that an answer accepted. One that is followed already is not followed twice: the
 * same request again, under its key, is answered with the same actions.
 * @param nameOf name of a machine by its id
 */
export function withRequest(
  requests: readonly Followed[],
  answer: readonly WireRequestedAction[],
  principal: string,
  nameOf: (machine: string) => string,
): readonly Followed[] {
  const known = new Set(requests.flatMap(({ machines }) => [...machines.keys()]));
  const actions = answer.flatMap(({ action }) => (action === null || known.has(action.id) ? [] : [action]));
  const [first] = actions;
  if (first === undefined) return requests;
  const times = actions
    .map(({ creationDateTimeUtc }) => creationDateTimeUtc)
    .sort((one, other) => (orderOfWireTime(one) < orderOfWireTime(other) ? -1 : 1));
  const request: Followed = {
    id: first.id,
    type: first.type,
    requestor: first.requestor,
    principal,
    from: times[0]!,
    to: times.at(-1)!,
    machines: new Map(
      actions.map(({ id, machineId }) => [id, { id: machineId, name: nameOf(machineId) }] as const),
    ),
    ends: new Map(actions.flatMap(({ id, status }) => (isActive(status) ? [] : ([[id, status]] as const)))),
  };
  const old = requests.length < MOST ? undefined : requests.find(isOver);
  return [...requests.filter((one) => one !== old), request];
}

/** The requests with what their actions have come to; the same where nothing is new. A status is final once. */
export function withEnds(
  requests: readonly Followed[],
  told: readonly { readonly id: string; readonly status: ActionStatus }[],
): readonly Followed[] {
  const final = told.filter(({ status }) => !isActive(status));
  let changed = false;
  const next = requests.map((request) => {
    const fresh = final.filter(({ id }) => request.machines.has(id) && !request.ends.has(id));
    if (fresh.length === 0) return request;
    changed = true;
    return {
      ...request,
      ends: new Map([...request.ends, ...fresh.map(({ id, status }) => [id, status] as const)]),
    };
  });
  return changed ? next : requests;
}

/** Without a request that is all of this action: who has cancelled it knows. */
export const without = (requests: readonly Followed[], action: string): readonly Followed[] =>
  requests.filter(({ machines }) => machines.size > 1 || !machines.has(action));

export const isOver = ({ machines, ends }: Followed): boolean => ends.size >= machines.size;

const COUNTED: readonly { readonly status: ActionStatus; readonly word: string }[] = [
  { status: 'Failed', word: 'failed' },
  { status: 'TimeOut', word: 'timed out' },
  { status: 'Cancelled', word: 'cancelled' },
];

const countOf = ({ ends }: Followed, status: ActionStatus): number =>
  [...ends.values()].filter((end) => end === status).length;

/** `Restrict app execution: 498 of 500 done, 2 failed`, with how many are under way as long as there are some. */
export function sumOf(request: Followed): string {
  const { type, machines, ends } = request;
  const parts = COUNTED.map(({ status, word }) => ({ count: countOf(request, status), word }));
  parts.push({ count: machines.size - ends.size, word: 'under way' });
  const others = parts
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `, ${grouped(count)} ${word}`);
  const done = grouped(countOf(request, 'Succeeded'));
  return `${ACTION_TITLES[type]}: ${done} of ${grouped(machines.size)} done${others.join('')}`;
}

/** How many ended otherwise than they should. */
export const missedOf = (request: Followed): number =>
  COUNTED.reduce((sum, { status }) => sum + countOf(request, status), 0);

/**
 * What of all actions the request is, as a filter of OData: who asked for what, and when it was accepted. It is as short for
 * five hundred machines as for two, where their ids would be more than an address can hold.
 */
export const filterOfRequest = ({ type, requestor, from, to }: Followed): string =>
  [
    `type eq ${literal(type)}`,
    `requestor eq ${literal(requestor)}`,
    `creationDateTimeUtc ge ${from}`,
    `creationDateTimeUtc le ${to}`,
  ].join(' and ');

/** The same, of those that have ended. */
export const filterOfEnds = (request: Followed): string =>
  all([
    filterOfRequest(request),
    among(
      'status',
      ACTION_STATUSES.filter((status) => !isActive(status)),
    ),
  ]);

/** Address of the action center with those that ended otherwise than they should. */
export function addressOfMissed(request: Followed): string {
  const statuses = COUNTED.map(({ status }) => status).filter((status) => countOf(request, status) > 0);
  return `/actions?status=${statuses.join(',')}&$filter=${encodeURIComponent(filterOfRequest(request))}`;
}
