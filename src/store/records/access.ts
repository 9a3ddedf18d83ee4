import type {
  Application,
  ApplicationKey,
  ApplicationSecret,
  EmulatorUser,
  MachineGroup,
  Role,
  Tenant,
} from '../../domain/access-records.ts';
import type { Row } from '../sql.ts';
import { integer, maybeText, parsed, text } from './value.ts';

export const tenantFrom = (row: Row): Tenant => ({
  id: text(row.id),
  name: text(row.name),
  createdAt: text(row.created_at),
});

export const applicationFrom = (row: Row): Application => ({
  tenantId: text(row.tenant_id),
  id: text(row.id),
  displayName: text(row.display_name),
  permissions: parsed(row.permissions),
  createdAt: text(row.created_at),
  revokedAt: maybeText(row.revoked_at),
});

export const secretFrom = (row: Row): ApplicationSecret => ({
  tenantId: text(row.tenant_id),
  applicationId: text(row.application_id),
  id: text(row.id),
  hash: text(row.hash),
  expiresAt: maybeText(row.expires_at),
  createdAt: text(row.created_at),
});

export const keyFrom = (row: Row): ApplicationKey => ({
  tenantId: text(row.tenant_id),
  applicationId: text(row.application_id),
  id: text(row.id),
  jwk: text(row.jwk),
  createdAt: text(row.created_at),
});

export const userFrom = (row: Row): EmulatorUser => ({
  tenantId: text(row.tenant_id),
  principal: text(row.principal),
  displayName: text(row.display_name),
  passwordHash: text(row.password_hash),
});

/** From a row that also has `principals` (JSON array text or null). */
export const roleFrom = (row: Row): Role => ({
  tenantId: text(row.tenant_id),
  id: text(row.id),
  name: text(row.name),
  permissions: parsed(row.permissions),
  principals: principals(row),
  createdAt: text(row.created_at),
});

/** From a row that also has `principals` (JSON array text or null). */
export const groupFrom = (row: Row): MachineGroup => ({
  tenantId: text(row.tenant_id),
  id: integer(row.id),
  name: text(row.name),
  rank: integer(row.rank),
  rules: parsed(row.rules),
  principals: principals(row),
  createdAt: text(row.created_at),
});

const principals = (row: Row): string[] => (row.principals === null ? [] : parsed<string[]>(row.principals));
