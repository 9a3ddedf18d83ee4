/** The two collections that queries read: what is selected, which indexes serve which filters, in which order. */
import { ACTION_TYPES } from '../contract/control.ts';
import { MACHINE } from '../contract/machine.ts';
import { ACTION_STATUSES, MACHINE_ACTION } from '../contract/machine-action.ts';
import type { EntityType, Property } from '../contract/property.ts';
import type { OrderTerm } from '../domain/query.ts';
import { ACTION_COLUMNS } from './records/action.ts';
import type { Dialect } from './sql.ts';
import { ACTIVE, FINAL } from './statements/active.ts';
import { machineSelection } from './statements/machines.ts';
import { prefixed } from './statements/text.ts';

/** A way to rows through an index: equality on its columns, then the collection's own order. */
export interface Path {
  readonly columns: readonly string[];
  /**
   * How many rows one value has: where they are few, which is looked at before it is believed, any further condition and
   * any order stay cheap.
   */
  readonly rows: 'one' | 'few' | 'many';
  /** True where the index is not in the collection's order, so that the planner must not prefer one that is. */
  readonly sorts?: boolean;
  /** Where several indexes hold the rows, one part each: every row is in one of them. */
  readonly parts?: readonly Part[];
  /** All values of a column, for when the filter leaves it open: the index is read once per value and merged. */
  readonly implied?: { readonly column: string; readonly values: readonly string[] };
}

/** What one of the indexes of a path holds. */
export interface Part {
  /**
   * The condition that the index declares, or that leads to the rows: SQL over the collection's alias, made of the SQL of
   * the tenant and of the values that the path fixes, none where it fixes none.
   */
  readonly where: (tenant: string, values: readonly string[]) => string;
  /** True where the index goes on in the order of ids, which is that of creation. */
  readonly byId: boolean;
}

export interface Collection {
  readonly entity: EntityType;
  readonly from: string;
  readonly alias: string;
  readonly selection: string;
  /** Order when the query names none; `id` in the direction of its last term makes every order total. */
  readonly order: readonly OrderTerm[];
  /** The column in which paths are ordered; ranges over it stay within the index. */
  readonly orderColumn: string;
  /** Paths by preference; the first whose columns the filter fixes is taken. */
  readonly paths: readonly Path[];
  /** Columns compared in lower case: stored so, or folded by the expression given. */
  readonly folded: Readonly<Record<string, string>>;
  /** Condition that the machine's group is one of a list of parameters. */
  visible(list: string): string;
}

const property = (entity: EntityType, column: string): Property =>
  entity.properties.find((candidate) => candidate.column === column) as Property;

/**
 * Active actions of controls, through the rows that let one be: all of the tenant's, or those of a machine. Their status
 * is looked at in there, or an engine without statistics would rather read all that have it.
 */
const ofControls: Part['where'] = (tenant, [machine]) =>
  `a.id in (select o.id from machine_control c
     join machine_action o on o.tenant_id = c.tenant_id and o.id = c.action_id
     where c.tenant_id = ${tenant}${machine === undefined ? '' : ` and c.machine_id = ${machine}`} and o.${ACTIVE})`;

const TYPES = { column: 'type', values: Object.keys(ACTION_TYPES) };
const STATUSES = { column: 'status', values: ACTION_STATUSES };

export const actionCollection: Collection = {
  entity: MACHINE_ACTION,
  from: 'machine_action a',
  alias: 'a',
  selection: prefixed('a', ACTION_COLUMNS),
  order: [{ property: property(MACHINE_ACTION, 'created_at'), descending: true }],
  orderColumn: 'created_at',
  paths: [
    { columns: ['id'], rows: 'one' },
    // One at a time, each ended by a person or a device: hundreds, not millions.
    {
      columns: ['machine_id'],
      rows: 'few',
      sorts: true,
      parts: [
        { where: () => `a.${FINAL}`, byId: true },
        { where: ofControls, byId: false },
        { where: () => `a.control is null and a.${ACTIVE}`, byId: false },
      ],
    },
    { columns: ['requestor', 'type'], rows: 'many', implied: TYPES },
    { columns: ['status', 'type'], rows: 'many', implied: TYPES },
    { columns: ['type', 'status'], rows: 'many', implied: STATUSES },
    { columns: [], rows: 'many' },
  ],
  folded: {
    id: 'a.id',
    machine_id: 'a.machine_id',
    computer_dns_name: 'lower(a.computer_dns_name)',
  },
  visible: (list) =>
    `coalesce((select m.rbac_group_id from machine m
       where m.tenant_id = a.tenant_id and m.id = a.machine_id), 0) in (${list})`,
};

export const machineCollection = (dialect: Dialect): Collection => ({
  entity: MACHINE,
  from: 'machine m',
  alias: 'm',
  selection: machineSelection(dialect),
  order: [{ property: property(MACHINE, 'id'), descending: false }],
  orderColumn: 'id',
  paths: [
    { columns: ['id'], rows: 'one' },
    { columns: ['computer_dns_name'], rows: 'few', sorts: true },
    { columns: ['aad_device_id'], rows: 'few', sorts: true },
    { columns: ['rbac_group_id'], rows: 'many' },
    { columns: [], rows: 'many' },
  ],
  folded: {
    id: 'm.id',
    aad_device_id: 'm.aad_device_id',
    computer_dns_name: 'lower(m.computer_dns_name)',
  },
  visible: (list) => `m.rbac_group_id in (${list})`,
});
