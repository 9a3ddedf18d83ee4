import { statement } from '../sql.ts';
import { PASSING_TABLES } from './sessions.ts';

const columns = 'id, purpose, material, created_at, active_from, retired_at';

export const KEYS = {
  all: statement('server keys', `select ${columns} from server_key order by active_from, id`),
  add: statement(
    'add server key',
    `insert into server_key (${columns}) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
  ),
  retire: statement(
    'retire server key',
    'update server_key set retired_at = $2 where id = $1 and retired_at is null',
  ),
  retireUnpinned: statement(
    'retire unpinned server key',
    `update server_key set retired_at = $2 where id = $1 and retired_at is null
     and not exists (select 1 from device where server_key_id = $1)`,
  ),
  setting: statement('setting', 'select value from setting where name = $1'),
  settle: statement('settle', 'insert into setting (name, value) values ($1, $2) on conflict do nothing'),
  change: statement(
    'change setting',
    `insert into setting (name, value) values ($1, $2)
     on conflict (name) do update set value = excluded.value`,
  ),
  forget: statement('forget settings', "delete from setting where name not in ('epoch', 'emulator')"),
} as const;

/** Tables that a reset empties, children before parents. */
export const EMPTIED = [
  ...PASSING_TABLES,
  'call_count',
  'webhook_attempt',
  'webhook_delivery',
  'webhook',
  'action_event',
  'machine_action',
  'idempotency_key',
  'machine_control',
  'device',
  'machine_address',
  'machine_tag',
  'machine',
  'enrolment_token',
  'group_principal',
  'machine_group',
  'role_principal',
  'role',
  'emulator_user',
  'used_assertion',
  'application_key',
  'application_secret',
  'application',
  'tenant',
].map((table) => statement(`empty ${table}`, `delete from ${table}`));
