import { ATTEMPT_COLUMNS, DELIVERY_COLUMNS, WEBHOOK_COLUMNS } from '../records/webhook.ts';
import { statement } from '../sql.ts';
import { insertInto, prefixed } from './text.ts';

const columns = WEBHOOK_COLUMNS.join(', ');
const delivery = DELIVERY_COLUMNS.join(', ');

/** $1 tenant, $2 webhook, $3 action, $4 revision. */
const KEY = 'tenant_id = $1 and webhook_id = $2 and action_id = $3 and revision = $4';
/** Deliveries of earlier transitions of the same action to the same webhook. */
const earlier = (alias: string): string =>
  `from webhook_delivery p where p.tenant_id = ${alias}.tenant_id and p.action_id = ${alias}.action_id
     and p.webhook_id = ${alias}.webhook_id and p.revision < ${alias}.revision`;

/**
 * Due at $3, as the row is when it is written. In a form that no index serves: the few rows are found by their keys, where
 * the index would lead to all that is due.
 */
const STILL_DUE = "coalesce(due_at, '~') <= $3";

/** Who is told. */
export const WEBHOOKS = {
  /** …, then how many the tenant may have. */
  create: statement(
    'create webhook',
    `insert into webhook (${columns})
     select ${WEBHOOK_COLUMNS.map((_, index) => `cast($${index + 1} as text)`).join(', ')}
     where (select count(*) from webhook w where w.tenant_id = $1 and w.deleted_at is null)
       < cast($${WEBHOOK_COLUMNS.length + 1} as integer)`,
  ),
  one: statement(
    'webhook',
    `select ${columns} from webhook where tenant_id = $1 and id = $2 and deleted_at is null`,
  ),
  all: statement(
    'webhooks',
    `select ${columns} from webhook where tenant_id = $1 and deleted_at is null order by created_at, id`,
  ),
  /** $3 name, $4 address, $5 1 to enable, 0 to disable; null leaves each as it is. $6 now. */
  change: statement(
    'change webhook',
    `update webhook set name = coalesce(cast($3 as text), name), url = coalesce(cast($4 as text), url),
       disabled_because = case cast($5 as integer) when 1 then null when 0 then coalesce(disabled_because, 'asked')
         else disabled_because end,
       disabled_at = case cast($5 as integer) when 1 then null when 0 then coalesce(disabled_at, cast($6 as text))
         else disabled_at end
     where tenant_id = $1 and id = $2 and deleted_at is null`,
  ),
  /** $3 the present secret, $4 the next, $5 until when the present one signs too. */
  rotate: statement(
    'rotate webhook secret',
    `update webhook set previous_secret = secret, previous_until = $5, secret = $4
     where tenant_id = $1 and id = $2 and secret = $3 and deleted_at is null`,
  ),
  disable: statement(
    'disable webhook',
    `update webhook set disabled_at = $3, disabled_because = 'gone'
     where tenant_id = $1 and id = $2 and disabled_at is null`,
  ),
  delete: statement(
    'delete webhook',
    'update webhook set deleted_at = $3 where tenant_id = $1 and id = $2 and deleted_at is null',
  ),
  /** Of all tenants, those that something is due for. */
  due: statement(
    'due webhooks',
    `select ${prefixed('w', WEBHOOK_COLUMNS)} from webhook w
     where w.deleted_at is null and w.disabled_at is null and exists (
       select 1 from webhook_delivery d
       where d.tenant_id = w.tenant_id and d.webhook_id = w.id and d.due_at <= $1)
     order by w.tenant_id, w.id`,
  ),
  deleted: statement('deleted webhooks', 'select tenant_id, id from webhook where deleted_at is not null'),
  /** $3 deleted before: units under way at that moment may still have written deliveries. */
  forget: statement(
    'forget webhook',
    `delete from webhook where tenant_id = $1 and id = $2 and deleted_at < $3
       and not exists (select 1 from webhook_delivery d where d.tenant_id = $1 and d.webhook_id = $2)`,
  ),
} as const;

/** Rows to remove of a webhook: $1 tenant, $2 webhook, $3 how many. */
const PORTION = `select tenant_id, webhook_id, action_id, revision from webhook_delivery
  where tenant_id = $1 and webhook_id = $2 order by created_at, action_id, revision limit $3`;

/** What each of them is told. */
export const DELIVERIES = {
  /** $1 tenant, $2 action, $3 revision, $4 status, $5 time: a row for each webhook that there is, disabled ones too. */
  enqueue: statement(
    'enqueue deliveries',
    `insert into webhook_delivery (tenant_id, webhook_id, action_id, revision, status, created_at, state, attempts,
       failures, due_at)
     select w.tenant_id, w.id, cast($2 as text), cast($3 as integer), cast($4 as text), cast($5 as text), 'waiting', 0,
       0, cast($5 as text)
     from webhook w where w.tenant_id = $1 and w.deleted_at is null`,
  ),
  one: statement('delivery', `select ${delivery} from webhook_delivery where ${KEY}`),
  attempts: statement(
    'attempts of delivery',
    `select ${ATTEMPT_COLUMNS.join(', ')} from webhook_attempt where ${KEY} order by number`,
  ),
  /** $3 state or empty, $4 from, $5 before, $6…$8 the row to go on after, $9 how many. */
  list: statement(
    'deliveries',
    `select ${delivery} from webhook_delivery
     where tenant_id = $1 and webhook_id = $2 and (cast($3 as text) = '' or state = $3)
       and created_at >= $4 and created_at < $5
       and (created_at, action_id, revision) < ($6, $7, cast($8 as integer))
     order by created_at desc, action_id desc, revision desc limit $9`,
  ),
  /**
   * $3 now, $4 how many due ones are looked at, those first that a claim meets first. A transition whose predecessor waits for its next attempt waits as long: so each row that is held
   * up is looked at once per attempt of the one before, and not with every claim. One whose predecessor is under way is
   * left as it is: that may end while this statement still sees it so.
   */
  park: statement(
    'park deliveries',
    `update webhook_delivery set due_at = (select max(p.due_at) ${earlier('webhook_delivery')} and p.lease is null)
     where tenant_id = $1 and webhook_id = $2 and ${STILL_DUE} and (action_id, revision) in (
       select d.action_id, d.revision from (
         select tenant_id, webhook_id, action_id, revision from webhook_delivery
         where tenant_id = $1 and webhook_id = $2 and due_at <= $3 order by due_at limit $4) d
       where exists (select 1 ${earlier('d')} and p.due_at > $3 and p.lease is null))`,
  ),
  /** $3 now, $4 end of the lease, $5 lease, $6 how many. Of two processes one finds a row still due. */
  claim: statement(
    'claim deliveries',
    `update webhook_delivery set due_at = $4, lease = $5, attempts = attempts + 1
     where tenant_id = $1 and webhook_id = $2 and ${STILL_DUE} and (action_id, revision) in (
       select d.action_id, d.revision from webhook_delivery d
       where d.tenant_id = $1 and d.webhook_id = $2 and d.due_at <= $3
         and not exists (select 1 ${earlier('d')} and p.due_at is not null)
       order by d.due_at limit $6)
     returning ${delivery}`,
  ),
  /** $5 lease, $6 state, $7 failures, $8 due, $9 ended, $10 HTTP status, $11 error. */
  end: statement(
    'end attempt',
    `update webhook_delivery set lease = null, state = $6, failures = $7, due_at = $8, ended_at = $9,
       last_status = $10, last_error = $11
     where ${KEY} and lease = $5`,
  ),
  /** $5 lease, $6 now: an attempt that was broken off by the end of the server counts for nothing. */
  release: statement(
    'release delivery',
    `update webhook_delivery set lease = null, due_at = $6, attempts = attempts - 1 where ${KEY} and lease = $5`,
  ),
  /** $2 now: nobody else can have them, so they are of a process that is gone. */
  releaseAll: statement(
    'release all deliveries',
    'update webhook_delivery set lease = null, due_at = $1 where lease is not null and due_at > $1',
  ),
  logAttempt: statement('log attempt', insertInto('webhook_attempt', ATTEMPT_COLUMNS)),
  /** $5 now: what was put off for this transition may go. Writes in any case, so that it waits for whoever puts it off now. */
  wakeNext: statement(
    'wake next delivery',
    `update webhook_delivery set due_at = case when due_at > $5 then $5 else due_at end
     where tenant_id = $1 and webhook_id = $2 and action_id = $3 and lease is null
       and revision = (select min(n.revision) from webhook_delivery n
         where n.tenant_id = $1 and n.webhook_id = $2 and n.action_id = $3 and n.revision > $4 and n.due_at is not null)`,
  ),
  /** $5 now. */
  replay: statement(
    'replay delivery',
    `update webhook_delivery set state = 'waiting', failures = 0, due_at = $5, ended_at = null
     where ${KEY} and lease is null`,
  ),
  /** $3 state or empty, $4 from, $5 before, $6 now, before which they ended, $7 how many. */
  replaySome: statement(
    'replay deliveries',
    `update webhook_delivery set state = 'waiting', failures = 0, due_at = $6, ended_at = null
     where tenant_id = $1 and webhook_id = $2 and state <> 'waiting' and (action_id, revision) in (
       select d.action_id, d.revision from webhook_delivery d
       where d.tenant_id = $1 and d.webhook_id = $2 and d.state <> 'waiting'
         and (cast($3 as text) = '' or d.state = $3) and d.created_at >= $4 and d.created_at < $5
         and d.ended_at < $6
       order by d.created_at limit $7)`,
  ),
  removeAttempts: statement(
    'remove attempts of webhook',
    `delete from webhook_attempt where (tenant_id, webhook_id, action_id, revision) in (${PORTION})`,
  ),
  remove: statement(
    'remove deliveries of webhook',
    `delete from webhook_delivery where (tenant_id, webhook_id, action_id, revision) in (${PORTION})`,
  ),
} as const;

/** What is removed with an action: $1 tenant, $2 action. */
export const OF_ACTION = {
  attempts: statement(
    'remove attempts of action',
    'delete from webhook_attempt where tenant_id = $1 and action_id = $2',
  ),
  deliveries: statement(
    'remove deliveries of action',
    'delete from webhook_delivery where tenant_id = $1 and action_id = $2',
  ),
} as const;

/** True of an action, named by `action`, that a webhook still has to be told of. */
export const stillToTell = (action: string): string =>
  `exists (select 1 from webhook_delivery d
     join webhook w on w.tenant_id = d.tenant_id and w.id = d.webhook_id
     where d.tenant_id = ${action}.tenant_id and d.action_id = ${action}.id and d.due_at is not null
       and w.deleted_at is null and w.disabled_at is null)`;
