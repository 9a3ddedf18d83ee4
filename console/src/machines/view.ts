import { any, everyOf, type Understood } from '../parts/strangers.ts';
import { FLAGS, type Flag } from './flags.ts';
import { SORTS, type SortName } from './sort.ts';

/** What the page of machines shows, as its address says it. */
export interface MachinesView {
  readonly search: string;
  readonly flags: readonly Flag[];
  /** Name of a device group; empty for all. */
  readonly group: string;
  readonly tag: string;
  readonly platform: string;
  readonly sort: SortName;
  readonly descending: boolean;
}

export const EVERYTHING: MachinesView = {
  search: '',
  flags: [],
  group: '',
  tag: '',
  platform: '',
  sort: 'name',
  descending: false,
};

/** What of an address {@link readMachinesView} understands. */
export const MACHINES_UNDERSTOOD: Understood = {
  search: any,
  state: everyOf(FLAGS),
  group: any,
  tag: any,
  platform: any,
  sort: (value) => (SORTS as readonly string[]).includes(value.replace(/^-/, '')),
};

/** Reads the query of an address; what is not understood counts as left out. */
export function readMachinesView(query: string): MachinesView {
  const parameters = new URLSearchParams(query);
  const text = (name: string) => parameters.get(name) ?? '';
  const named = text('state').split(',');
  const sort = text('sort');
  const sortName = sort.replace(/^-/, '');
  const known = (SORTS as readonly string[]).includes(sortName);
  return {
    search: text('search'),
    flags: FLAGS.filter((flag) => named.includes(flag)),
    group: text('group'),
    tag: text('tag'),
    platform: text('platform'),
    sort: known ? (sortName as SortName) : EVERYTHING.sort,
    descending: known && sort.startsWith('-'),
  };
}

/** The query of the address that shows the view, without what is as usual. */
export function writeMachinesView(view: MachinesView): string {
  const parameters = new URLSearchParams();
  if (view.search !== '') parameters.set('search', view.search);
  if (view.flags.length > 0) parameters.set('state', view.flags.join(','));
  for (const name of ['group', 'tag', 'platform'] as const)
    if (view[name] !== '') parameters.set(name, view[name]);
  if (view.sort !== EVERYTHING.sort || view.descending) {
    parameters.set('sort', orderOf(view));
  }
  return parameters.toString().replaceAll('%2C', ',');
}

/** `name`, `-lastSeen` */
export const orderOf = ({ sort, descending }: Pick<MachinesView, 'sort' | 'descending'>): string =>
  `${descending ? '-' : ''}${sort}`;

/** Whether something is filtered away. */
export const isNarrowed = (view: MachinesView): boolean =>
  view.search !== '' || view.flags.length > 0 || view.group !== '' || view.tag !== '' || view.platform !== '';
