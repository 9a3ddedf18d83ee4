import { FACT_COLUMNS, MACHINE_COLUMNS, TARGET_COLUMNS } from '../records/machine.ts';
import { type Dialect, statement } from '../sql.ts';
import { insertInto, prefixed } from './text.ts';

/** What a read of machines selects, from `machine m`. */
export const machineSelection = (dialect: Dialect, columns: readonly string[] = MACHINE_COLUMNS): string =>
  `${prefixed('m', columns)},
   (select g.name from machine_group g where g.tenant_id = m.tenant_id and g.id = m.rbac_group_id) as group_name,
   (select ${dialect.jsonList('t.tag')} from machine_tag t where t.tenant_id = m.tenant_id and t.machine_id = m.id)
     as tags`;

/** More machines than this are never of one DNS name or fingerprint but by mistake; the newest are looked at. */
const NAMESAKES = 100;

/** Reads of machines: the selection differs between engines. */
export const machineReads = (dialect: Dialect) => {
  const select = `select ${machineSelection(dialect)} from machine m`;
  const seen = 'order by m.last_seen desc, m.id desc';
  return {
    byId: statement('machine by id', `${select} where m.tenant_id = $1 and m.id = $2`),
    byDirectoryId: statement(
      'machine by directory id',
      `${select} where m.tenant_id = $1 and m.aad_device_id = $2 ${seen} limit ${NAMESAKES}`,
    ),
    byName: statement(
      'machine by name',
      `${select} where m.tenant_id = $1 and lower(m.computer_dns_name) = lower($2) ${seen} limit ${NAMESAKES}`,
    ),
    byFingerprint: statement(
      'machine by fingerprint',
      `${select} where m.tenant_id = $1 and m.hardware_fingerprint = $2 ${seen} limit 1`,
    ),
    byAddress: statement(
      'machines by address',
      `${select} join machine_address a on a.tenant_id = m.tenant_id and a.machine_id = m.id
       where a.tenant_id = $1 and a.address = $2 and a.first_seen <= $4
         and coalesce(a.last_seen, m.last_seen) >= $3
       order by m.id`,
    ),
    byTag: statement(
      'machines by tag',
      `${select} where m.tenant_id = $1 and m.id in (
         select machine_id from machine_tag where tenant_id = $1 and tag = $2)
       order by m.id`,
    ),
    /** $2 the prefix, $3 the first text behind all that start with it, null when there is none. */
    byTagPrefix: statement(
      'machines by tag prefix',
      `${select} where m.tenant_id = $1 and m.id in (
         select machine_id from machine_tag where tenant_id = $1 and tag >= $2
           and (cast($3 as text) is null or tag < $3))
       order by m.id`,
    ),
  } as const;
};

const facts = FACT_COLUMNS.map((column, index) => `${column} = $${index + 3}`).join(', ');

export const MACHINES = {
  /** By id only, and without the joins of a whole machine. */
  target: statement(
    'action target',
    `select ${TARGET_COLUMNS.join(', ')} from machine where tenant_id = $1 and id = $2`,
  ),
  /** Holds the machine for the rest of the unit; a guard. */
  exists: statement('machine exists', 'update machine set id = id where tenant_id = $1 and id = $2'),
  insert: statement('insert machine', insertInto('machine', MACHINE_COLUMNS)),
  updateFacts: statement('update facts', `update machine set ${facts} where tenant_id = $1 and id = $2`),
  /** Of a machine that enrols: it counts as seen with the address since it was first seen. */
  addAddress: statement(
    'add address',
    `insert into machine_address (tenant_id, machine_id, address, first_seen, last_seen)
     select m.tenant_id, m.id, cast($3 as text), m.first_seen, null from machine m
     where m.tenant_id = $1 and m.id = $2
     on conflict do nothing`,
  ),
  /** Of a machine that tells its facts anew; an address that comes back counts on from where it began. */
  keepAddress: statement(
    'keep address',
    `insert into machine_address (tenant_id, machine_id, address, first_seen, last_seen)
     select m.tenant_id, m.id, cast($3 as text), m.last_seen, null from machine m
     where m.tenant_id = $1 and m.id = $2
     on conflict (tenant_id, address, machine_id) do update set last_seen = null`,
  ),
  /** Before the kept ones are written: what a machine had, it had until it was last seen. */
  endAddresses: statement(
    'end addresses',
    `update machine_address set last_seen =
       (select m.last_seen from machine m where m.tenant_id = $1 and m.id = $2)
     where tenant_id = $1 and machine_id = $2 and last_seen is null`,
  ),
  addTag: statement(
    'add tag',
    `insert into machine_tag (tenant_id, machine_id, tag)
     select m.tenant_id, m.id, cast($3 as text) from machine m where m.tenant_id = $1 and m.id = $2
     on conflict do nothing`,
  ),
  removeTag: statement(
    'remove tag',
    'delete from machine_tag where tenant_id = $1 and machine_id = $2 and tag = $3',
  ),
  assignGroup: statement(
    'assign group',
    'update machine set rbac_group_id = $3, group_pinned = $4 where tenant_id = $1 and id = $2',
  ),
  /** Never backwards; whoever is seen is active. */
  touch: statement(
    'touch machine',
    `update machine set last_seen = $3,
       last_external_ip_address = coalesce(cast($4 as text), last_external_ip_address),
       health_status = case when health_status = 'Inactive' then 'Active' else health_status end
     where tenant_id = $1 and id = $2 and last_seen < $3`,
  ),
  markInactive: statement(
    'mark inactive',
    `update machine set health_status = 'Inactive' where (tenant_id, id) in (
       select tenant_id, id from machine where health_status = 'Active' and last_seen < $1
       order by last_seen limit $2)`,
  ),
} as const;
