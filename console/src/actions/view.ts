import type { ActionTypeName } from '../../../src/contract/control.ts';
import { ACTION_STATUSES, type ActionStatus } from '../../../src/contract/machine-action.ts';
import { ACTION_TITLES } from '../control/words.ts';
import { any, everyOf, type Understood } from '../parts/strangers.ts';
import { all, among, literal } from '../wire/odata.ts';

export const ACTION_SORTS = [
  'creationDateTimeUtc',
  'lastUpdateDateTimeUtc',
  'computerDnsName',
  'status',
] as const;
export type ActionSort = (typeof ACTION_SORTS)[number];

/** What the action center shows, as its address says it. */
export interface ActionsView {
  readonly statuses: readonly ActionStatus[];
  readonly type: ActionTypeName | '';
  /** A part of the machine's name. */
  readonly machine: string;
  /** A part of who asked. */
  readonly requestor: string;
  /** Days, `2026-11-26`, of the reader's zone; empty for no limit. The last one counts whole. */
  readonly since: string;
  readonly until: string;
  /** A filter of OData that holds besides. */
  readonly filter: string;
  readonly sort: ActionSort;
  readonly descending: boolean;
}

export const ALL_ACTIONS: ActionsView = {
  statuses: [],
  type: '',
  machine: '',
  requestor: '',
  since: '',
  until: '',
  filter: '',
  sort: 'creationDateTimeUtc',
  descending: true,
};

const TEXTS = {
  machine: 'machine',
  requestor: 'requestor',
  since: 'since',
  until: 'until',
  filter: '$filter',
} as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What of an address {@link readActionsView} understands; a filter of OData is understood by the server. */
export const ACTIONS_UNDERSTOOD: Understood = {
  status: everyOf(ACTION_STATUSES),
  type: (value) => Object.hasOwn(ACTION_TITLES, value),
  machine: any,
  requestor: any,
  since: (value) => isDay(value),
  until: (value) => isDay(value),
  $filter: any,
  $orderby: (value) => {
    const [sort = '', direction = 'asc', ...more] = value.split(' ');
    const known = (ACTION_SORTS as readonly string[]).includes(sort);
    return known && (direction === 'asc' || direction === 'desc') && more.length === 0;
  },
};

/** Reads the query of an address; what is not understood counts as left out. */
export function readActionsView(query: string): ActionsView {
  const parameters = new URLSearchParams(query);
  const text = (name: string) => parameters.get(name) ?? '';
  const day = (name: string) => (isDay(text(name)) ? text(name) : '');
  const statuses = text('status').split(',');
  const [sort = '', direction = 'asc'] = text('$orderby').split(' ');
  const known = (ACTION_SORTS as readonly string[]).includes(sort);
  return {
    statuses: ACTION_STATUSES.filter((status) => statuses.includes(status)),
    type: Object.hasOwn(ACTION_TITLES, text('type')) ? (text('type') as ActionTypeName) : '',
    machine: text('machine'),
    requestor: text('requestor'),
    since: day('since'),
    until: day('until'),
    filter: text('$filter'),
    sort: known ? (sort as ActionSort) : ALL_ACTIONS.sort,
    descending: known ? direction === 'desc' : ALL_ACTIONS.descending,
  };
}

const isDay = (text: string): boolean => DAY.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

/** The query of the address that shows the view, without what is as usual. */
export function writeActionsView(view: ActionsView): string {
  const parameters = new URLSearchParams();
  if (view.statuses.length > 0) parameters.set('status', view.statuses.join(','));
  if (view.type !== '') parameters.set('type', view.type);
  for (const [name, parameter] of Object.entries(TEXTS)) {
    const value = view[name as keyof typeof TEXTS];
    if (value !== '') parameters.set(parameter, value);
  }
  if (view.sort !== ALL_ACTIONS.sort || view.descending !== ALL_ACTIONS.descending) {
    parameters.set('$orderby', orderOf(view));
  }
  return parameters.toString().replaceAll('%24', '$').replaceAll('%2C', ',');
}

/** The view as `$filter` of the API; empty for everything. @param zone makes the first moment of a day an instant */
export function filterOf(
  view: ActionsView,
  zone: (day: string, after: number) => string = startOfDay,
): string {
  return all([
    view.statuses.length === 0 ? '' : among('status', view.statuses),
    view.type === '' ? '' : `type eq ${literal(view.type)}`,
    view.machine === '' ? '' : `contains(computerDnsName,${literal(view.machine)})`,
    view.requestor === '' ? '' : `contains(requestor,${literal(view.requestor)})`,
    view.since === '' ? '' : `creationDateTimeUtc ge ${zone(view.since, 0)}`,
    view.until === '' ? '' : `creationDateTimeUtc lt ${zone(view.until, 1)}`,
    view.filter,
  ]);
}

/** `creationDateTimeUtc desc` */
export const orderOf = ({ sort, descending }: ActionsView): string =>
  `${sort} ${descending ? 'desc' : 'asc'}`;

/** The first moment of a day in the reader's zone, so many days later, as an instant of UTC. */
function startOfDay(day: string, after: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + after).toISOString();
}

export const isNarrowedActions = (view: ActionsView): boolean => filterOf(view, (day) => day) !== '';
