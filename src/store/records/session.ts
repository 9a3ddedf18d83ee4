import type { SignInMethod } from '../../contract/console.ts';
import type { ConsoleSession } from '../../domain/console-session.ts';
import type { Row, Value } from '../sql.ts';
import { flag, fromFlag, json, parsed, text } from './value.ts';

export const SESSION_COLUMNS = [
  'hash',
  'tenant_id',
  'method',
  'administrator',
  'principal',
  'display_name',
  'object_id',
  'directory_groups',
  'created_at',
  'expires_at',
  'ends_at',
] as const;

export const sessionParams = (session: ConsoleSession): Value[] => [
  session.hash,
  session.tenantId,
  session.method,
  fromFlag(session.administrator),
  session.principal,
  session.name,
  session.objectId,
  json(session.groups),
  session.createdAt,
  session.expiresAt,
  session.endsAt,
];

export const sessionFrom = (row: Row): ConsoleSession => ({
  hash: text(row.hash),
  tenantId: text(row.tenant_id),
  method: text(row.method) as SignInMethod,
  administrator: flag(row.administrator),
  principal: text(row.principal),
  name: text(row.display_name),
  objectId: text(row.object_id),
  groups: parsed(row.directory_groups),
  createdAt: text(row.created_at),
  expiresAt: text(row.expires_at),
  endsAt: text(row.ends_at),
});
