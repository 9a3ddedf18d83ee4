import { type Dialect, statement } from '../sql.ts';

/** Reads of roles and device groups with the principals they are given to; the aggregate differs between engines. */
export const roleReads = (dialect: Dialect) =>
  ({
    roles: statement(
      'roles',
      `select r.tenant_id, r.id, r.name, r.permissions, r.created_at,
         (select ${dialect.jsonList('p.principal')} from role_principal p
          where p.tenant_id = r.tenant_id and p.role_id = r.id) as principals
       from role r where r.tenant_id = $1 order by r.created_at, r.id`,
    ),
    groups: statement(
      'groups',
      `select g.tenant_id, g.id, g.name, g.rank, g.rules, g.created_at,
         (select ${dialect.jsonList('p.principal')} from group_principal p
          where p.tenant_id = g.tenant_id and p.group_id = g.id) as principals
       from machine_group g where g.tenant_id = $1 order by g.rank, g.id`,
    ),
  }) as const;

export const ROLES = {
  createRole: statement(
    'create role',
    `insert into role (tenant_id, id, name, permissions, created_at) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
  ),
  deleteRole: statement('delete role', 'delete from role where tenant_id = $1 and id = $2'),
  /** No row where another role has the name; the names are locked, so that none is given meanwhile. */
  changeRole: statement(
    'change role',
    `update role set name = coalesce(cast($3 as text), name), permissions = coalesce(cast($4 as text), permissions)
     where tenant_id = $1 and id = $2 and not exists (
       select 1 from role r where r.tenant_id = $1 and r.id <> $2 and lower(r.name) = lower(cast($3 as text)))`,
  ),
  /** No row when there is no such role; an assignment that exists is written again, so that it counts as done. */
  assignRole: statement(
    'assign role',
    `insert into role_principal (tenant_id, role_id, principal)
     select r.tenant_id, r.id, cast($3 as text) from role r where r.tenant_id = $1 and r.id = $2
     on conflict (tenant_id, role_id, principal) do update set principal = excluded.principal`,
  ),
  unassignRole: statement(
    'unassign role',
    'delete from role_principal where tenant_id = $1 and role_id = $2 and principal = $3',
  ),
  countGroup: statement('count group', 'update tenant set last_group_id = last_group_id + 1 where id = $1'),
  /** Lets no other change of names and ranks in the tenant come in between. */
  lockNames: statement('lock names', 'update tenant set last_group_id = last_group_id where id = $1'),
  /** Groups that share a rank get one each, in their order; of the others only those move that are in the way. */
  partRanks: statement(
    'part ranks of groups',
    `update machine_group set rank = parted.rank from (
       select id, place + max(rank - place) over (order by rank, id) as rank from (
         select id, rank, row_number() over (order by rank, id) as place from machine_group where tenant_id = $1
       ) numbered
     ) parted
     where machine_group.tenant_id = $1 and machine_group.id = parted.id and machine_group.rank <> parted.rank`,
  ),
  /** The rank that is wanted becomes free: the group that has it moves down, and all below it. */
  freeRank: statement(
    'free rank of groups',
    `update machine_group set rank = rank + 1 where tenant_id = $1 and rank >= cast($2 as integer)
       and exists (select 1 from machine_group g where g.tenant_id = $1 and g.rank = cast($2 as integer))`,
  ),
  /** Without a rank it is the last one. Counting has locked the tenant, so no other group comes in between. */
  createGroup: statement(
    'create group',
    `insert into machine_group (tenant_id, id, name, rank, rules, created_at)
     select t.id, t.last_group_id, cast($2 as text),
       coalesce(cast($3 as integer), (select coalesce(max(g.rank), 0) + 1 from machine_group g where g.tenant_id = $1)),
       cast($4 as text), cast($5 as text)
     from tenant t where t.id = $1
     on conflict do nothing returning id, rank`,
  ),
  /** Within the unit that has just counted the group: its number is the tenant's last one. */
  assignNewGroup: statement(
    'assign new group principal',
    `insert into group_principal (tenant_id, group_id, principal)
     select t.id, t.last_group_id, cast($2 as text) from tenant t where t.id = $1
     on conflict do nothing`,
  ),
  changeGroup: statement(
    'change group',
    `update machine_group set rank = coalesce(cast($3 as integer), rank), rules = coalesce(cast($4 as text), rules),
       name = coalesce(cast($5 as text), name)
     where tenant_id = $1 and id = $2 and not exists (
       select 1 from machine_group g
       where g.tenant_id = $1 and g.id <> $2 and lower(g.name) = lower(cast($5 as text)))`,
  ),
  assignGroup: statement(
    'assign group principal',
    `insert into group_principal (tenant_id, group_id, principal)
     select g.tenant_id, g.id, cast($3 as text) from machine_group g where g.tenant_id = $1 and g.id = $2
     on conflict (tenant_id, group_id, principal) do update set principal = excluded.principal`,
  ),
  unassignGroup: statement(
    'unassign group principal',
    'delete from group_principal where tenant_id = $1 and group_id = $2 and principal = $3',
  ),
  releaseMachines: statement(
    'release machines of group',
    'update machine set rbac_group_id = 0, group_pinned = 0 where tenant_id = $1 and rbac_group_id = $2',
  ),
  releaseTokens: statement(
    'release tokens of group',
    'update enrolment_token set group_id = null where tenant_id = $1 and group_id = $2',
  ),
  deleteGroup: statement('delete group', 'delete from machine_group where tenant_id = $1 and id = $2'),
} as const;
