import { TOKEN_COLUMNS } from '../records/device.ts';
import { statement } from '../sql.ts';
import { insertInto } from './text.ts';

const tokenColumns = TOKEN_COLUMNS.join(', ');
const deviceColumns = [
  'tenant_id',
  'machine_id',
  'public_key',
  'enrolled_at',
  'last_sequence',
  'epoch',
  'server_key_id',
];

export const DEVICES = {
  byMachine: statement(
    'device by machine',
    `select ${deviceColumns.join(', ')} from device where machine_id = $1`,
  ),
  byKey: statement(
    'device by key',
    `select ${deviceColumns.join(', ')} from device where tenant_id = $1 and public_key = $2
     order by machine_id limit 1`,
  ),
  insert: statement('insert device', insertInto('device', deviceColumns)),
  replaceKey: statement(
    'replace device key',
    `update device set public_key = $4, last_sequence = 0, server_key_id = $5
     where tenant_id = $1 and machine_id = $2 and public_key = $3`,
  ),
  renewEpoch: statement('renew epoch', 'update device set epoch = $3 where machine_id = $1 and epoch = $2'),
  received: statement(
    'raise sequence',
    'update device set last_sequence = $2 where machine_id = $1 and last_sequence < $2',
  ),
  pinServerKey: statement(
    'pin server key',
    'update device set server_key_id = $3 where machine_id = $1 and server_key_id = $2',
  ),
  countByServerKey: statement(
    'devices by server key',
    'select server_key_id, count(*) as devices from device group by server_key_id',
  ),
  machinesByServerKey: statement(
    'machines by server key',
    `select machine.id, machine.computer_dns_name, machine.last_seen
     from device join machine on machine.tenant_id = device.tenant_id and machine.id = device.machine_id
     where device.server_key_id = $2 and device.tenant_id = $1
     order by machine.last_seen, machine.id limit $3`,
  ),
  /** $3 now. */
  useToken: statement(
    'use enrolment token',
    `update enrolment_token set uses_left = uses_left - 1
     where tenant_id = $1 and id = $2 and uses_left > 0 and expires_at > $3 and revoked_at is null`,
  ),
  tokenByHash: statement(
    'enrolment token by hash',
    `select ${tokenColumns} from enrolment_token where hash = $1`,
  ),
  insertToken: statement('insert enrolment token', insertInto('enrolment_token', TOKEN_COLUMNS)),
  tokens: statement(
    'enrolment tokens',
    `select ${tokenColumns} from enrolment_token where tenant_id = $1 order by created_at, id`,
  ),
  revokeToken: statement(
    'revoke enrolment token',
    `update enrolment_token set revoked_at = $3 where tenant_id = $1 and id = $2 and revoked_at is null`,
  ),
} as const;
