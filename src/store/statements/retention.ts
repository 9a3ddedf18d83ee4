import { EVENT_COLUMNS } from '../records/action.ts';
import { type Statement, statement } from '../sql.ts';
import { ACTIVE } from './active.ts';
import { parameters } from './text.ts';
import { stillToTell } from './webhooks.ts';

/**
 * $1 tenant, $2 ended before; read through the index on the creation, since what ended before an instant was created
 * before it. $3 creation and $4 id of the key to go on after.
 */
export const RETENTION = {
  ended: statement(
    'ended actions',
    `select id, created_at from machine_action
     where tenant_id = $1 and created_at < $2 and created_at >= $3 and (created_at > $3 or id > $4)
       and updated_at < $2 and not (${ACTIVE})
     order by created_at, id limit $5`,
  ),
  /**
   * $1 tenant, $2 id, $3 ended before. Stays: what is active, what a desired mode follows from, and what one would fall
   * back to, which is the one before; and what a webhook still has to be told of.
   */
  remove: statement(
    'remove action',
    `delete from machine_action
     where tenant_id = $1 and id = $2 and updated_at < $3 and not (${ACTIVE})
       and not exists (
         select 1 from machine_control c
         where c.tenant_id = machine_action.tenant_id and c.machine_id = machine_action.machine_id
           and (c.action_id = machine_action.id or c.action_before = machine_action.id))
       and not ${stillToTell('machine_action')}`,
  ),
  removeEvents: statement(
    'remove events of action',
    'delete from action_event where tenant_id = $1 and action_id = $2',
  ),
} as const;

/** Events of `count` actions: $1 tenant, $2… the actions. */
export const eventsOfActions = (count: number): Statement =>
  statement(
    null,
    `select ${EVENT_COLUMNS.join(', ')} from action_event
     where tenant_id = $1 and action_id in (${parameters(count, 2)})
     order by action_id, revision, late`,
  );
