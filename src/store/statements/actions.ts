import { ACTION_COLUMNS, ACTION_GIVEN, EVENT_COLUMNS } from '../records/action.ts';
import { type Statement, statement } from '../sql.ts';
import { ACTIVE, FINAL } from './active.ts';
import { insertInto, parameters, prefixed } from './text.ts';

const columns = ACTION_COLUMNS.join(', ');

const given = parameters(ACTION_GIVEN);
/** From the control's row, which the step before has raised. */
const raised = ['generation', 'mode_before', 'action_before', 'release_before']
  .map(
    (name) =>
      `(select ${name} from machine_control where tenant_id = $1 and machine_id = $5 and control = $4)`,
  )
  .join(', ');

export const ACTIONS = {
  /** $1…$6 the key's columns, $7 now: a key that has expired is taken over. */
  claimKey: statement(
    'claim idempotency key',
    `insert into idempotency_key (tenant_id, caller, key, fingerprint, action_id, expires_at)
     values (${parameters(6)})
     on conflict (tenant_id, caller, key) do update
       set fingerprint = excluded.fingerprint, action_id = excluded.action_id, expires_at = excluded.expires_at
       where idempotency_key.expires_at <= $7`,
  ),
  key: statement(
    'idempotency key',
    'select fingerprint, action_id from idempotency_key where tenant_id = $1 and caller = $2 and key = $3',
  ),
  expireKeys: statement(
    'expire idempotency keys',
    `delete from idempotency_key where (tenant_id, caller, key) in (
       select tenant_id, caller, key from idempotency_key where expires_at < $1 order by expires_at limit $2)`,
  ),
  /** A plain insert of values: SQLite keeps a journal of its own for each insert by select, and for each that returns rows. */
  insert: statement(
    'insert action',
    `insert into machine_action (${columns}) values (${given}, ${raised}) on conflict do nothing`,
  ),
  /** An action that belongs to no control; the step before has found its machine. */
  insertUncontrolled: statement(
    'insert uncontrolled action',
    `insert into machine_action (${columns}) values (${given}, 0, 'unmanaged', null, null) on conflict do nothing`,
  ),
  insertEvent: statement('insert event', insertInto('action_event', EVENT_COLUMNS)),
  /** Holds the action for the rest of the unit; a guard. */
  hold: statement(
    'hold action',
    'update machine_action set revision = revision where tenant_id = $1 and id = $2',
  ),
  /** Counts `late` on; two appends at once collide on the key, and the one refused tries again. */
  appendEvent: statement(
    'append event',
    `insert into action_event (${EVENT_COLUMNS.join(', ')})
     select cast($1 as text), cast($2 as text), cast($3 as integer), cast($4 as text), cast($5 as text),
       cast($6 as text), cast($7 as text), cast($8 as text), cast($9 as text), cast($10 as text),
       coalesce(max(e.late), 0) + 1
     from action_event e where e.tenant_id = $1 and e.action_id = $2 and e.revision = $3
     on conflict do nothing`,
  ),
  /** $1 tenant, $2 id, $3 revision; the condition on status keeps a final action final whatever the caller decided. */
  advance: statement(
    'advance action',
    `update machine_action set status = $4, updated_at = $5, deadline = $6, error_hresult = $7,
       cancellation_requestor = coalesce(cast($8 as text), cancellation_requestor),
       cancellation_comment = coalesce(cast($9 as text), cancellation_comment),
       cancelled_at = coalesce(cast($10 as text), cancelled_at),
       revision = revision + 1
     where tenant_id = $1 and id = $2 and revision = $3 and ${ACTIVE}`,
  ),
  byId: statement('action by id', `select ${columns} from machine_action where tenant_id = $1 and id = $2`),
  byIdWithGroup: statement(
    'action by id with group',
    `select ${prefixed('a', ACTION_COLUMNS)}, m.rbac_group_id
     from machine_action a left join machine m on m.tenant_id = a.tenant_id and m.id = a.machine_id
     where a.tenant_id = $1 and a.id = $2`,
  ),
  active: statement(
    'active action',
    `select ${prefixed('a', ACTION_COLUMNS)} from machine_control c
     join machine_action a on a.tenant_id = c.tenant_id and a.id = c.action_id
     where c.tenant_id = $1 and c.machine_id = $2 and c.control = $3 and a.${ACTIVE}`,
  ),
  overdue: statement(
    'overdue actions',
    `select ${columns} from machine_action where deadline <= $1 order by deadline limit $2`,
  ),
  events: statement(
    'events of action',
    `select ${EVENT_COLUMNS.join(', ')} from action_event where tenant_id = $1 and action_id = $2
     order by revision, late`,
  ),
} as const;

/** Active actions of controls on `count` machines: $1 tenant, $2… the machines. */
export const activeOfMachines = (count: number): Statement =>
  statement(
    null,
    `select ${prefixed('a', ACTION_COLUMNS)} from machine_control c
     join machine_action a on a.tenant_id = c.tenant_id and a.id = c.action_id
     where c.tenant_id = $1 and c.machine_id in (${parameters(count, 2)}) and a.${ACTIVE}`,
  );

/** Ids of actions are in the order of creation: the index of those that have ended says which is the newest, and its status. */
const newestOfMachine = (column: 'id' | 'status'): string =>
  `(select b.${column} from machine_action b
    where b.tenant_id = m.tenant_id and b.machine_id = m.id and b.${FINAL} order by b.id desc limit 1)`;

/** Newest actions of `count` machines where they ended in vain: $1 tenant, $2… the machines. Reads rows of those only. */
export const failuresOfMachines = (count: number): Statement =>
  statement(
    null,
    `select ${prefixed('a', ACTION_COLUMNS)} from machine_action a
     where a.tenant_id = $1 and a.id in (
       select ${newestOfMachine('id')} from machine m
       where m.tenant_id = $1 and m.id in (${parameters(count, 2)})
         and ${newestOfMachine('status')} in ('Failed', 'TimeOut'))`,
  );
