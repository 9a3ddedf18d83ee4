import type { Device, EnrolmentToken, ServerKey } from '../../domain/access-records.ts';
import type { Row, Value } from '../sql.ts';
import { integer, maybeInteger, maybeText, text } from './value.ts';

export const deviceFrom = (row: Row): Device => ({
  tenantId: text(row.tenant_id),
  machineId: text(row.machine_id),
  publicKey: text(row.public_key),
  enrolledAt: text(row.enrolled_at),
  lastSequence: integer(row.last_sequence),
  epoch: text(row.epoch),
  serverKeyId: text(row.server_key_id),
});

export const TOKEN_COLUMNS = [
  'tenant_id',
  'id',
  'hash',
  'group_id',
  'machine_id',
  'uses_left',
  'expires_at',
  'created_at',
  'created_by',
  'revoked_at',
] as const;

export const tokenParams = (token: EnrolmentToken): Value[] => [
  token.tenantId,
  token.id,
  token.hash,
  token.groupId,
  token.machineId,
  token.usesLeft,
  token.expiresAt,
  token.createdAt,
  token.createdBy,
  token.revokedAt,
];

export const tokenFrom = (row: Row): EnrolmentToken => ({
  tenantId: text(row.tenant_id),
  id: text(row.id),
  hash: text(row.hash),
  groupId: maybeInteger(row.group_id),
  machineId: maybeText(row.machine_id),
  usesLeft: integer(row.uses_left),
  expiresAt: text(row.expires_at),
  createdAt: text(row.created_at),
  createdBy: text(row.created_by),
  revokedAt: maybeText(row.revoked_at),
});

export const serverKeyFrom = (row: Row): ServerKey => ({
  id: text(row.id),
  purpose: text(row.purpose) as ServerKey['purpose'],
  material: text(row.material),
  createdAt: text(row.created_at),
  activeFrom: text(row.active_from),
  retiredAt: maybeText(row.retired_at),
});
