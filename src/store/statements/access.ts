import { statement } from '../sql.ts';
import { insertInto } from './text.ts';

const application = 'tenant_id, id, display_name, permissions, created_at, revoked_at';
const secret = ['tenant_id', 'application_id', 'id', 'hash', 'expires_at', 'created_at'];
const key = ['tenant_id', 'application_id', 'id', 'jwk', 'created_at'];
const user = ['tenant_id', 'principal', 'display_name', 'password_hash'];

/** Tenants, applications with their secrets and keys, and the emulator's users. */
export const ACCESS = {
  createTenant: statement(
    'create tenant',
    `insert into tenant (id, name, created_at, last_group_id) values ($1, $2, $3, 0) on conflict do nothing`,
  ),
  tenants: statement('tenants', 'select id, name, created_at from tenant order by created_at, id'),
  createApplication: statement(
    'create application',
    `insert into application (${application}) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
  ),
  application: statement('application', `select ${application} from application where id = $1`),
  applications: statement(
    'applications',
    `select ${application} from application where tenant_id = $1 order by created_at, id`,
  ),
  setPermissions: statement(
    'set permissions',
    'update application set permissions = $3 where tenant_id = $1 and id = $2',
  ),
  revokeApplication: statement(
    'revoke application',
    'update application set revoked_at = $3 where tenant_id = $1 and id = $2 and revoked_at is null',
  ),
  secrets: statement(
    'secrets',
    `select ${secret.join(', ')} from application_secret
     where application_id = $2 and tenant_id = $1 order by created_at, id`,
  ),
  addSecret: statement('add secret', insertInto('application_secret', secret)),
  removeSecret: statement(
    'remove secret',
    'delete from application_secret where tenant_id = $1 and application_id = $2 and id = $3',
  ),
  keys: statement(
    'keys',
    `select ${key.join(', ')} from application_key
     where application_id = $2 and tenant_id = $1 order by created_at, id`,
  ),
  addKey: statement('add key', `${insertInto('application_key', key)} on conflict do nothing`),
  removeKey: statement(
    'remove key',
    'delete from application_key where tenant_id = $1 and application_id = $2 and id = $3',
  ),
  /** $4 now: an assertion that has expired cannot be used again anyway, and its row makes room. */
  useAssertion: statement(
    'use assertion',
    `insert into used_assertion (application_id, jti, expires_at) values ($1, $2, $3)
     on conflict (application_id, jti) do update set expires_at = excluded.expires_at
       where used_assertion.expires_at <= $4`,
  ),
  expireAssertions: statement(
    'expire assertions',
    'delete from used_assertion where application_id = $1 and expires_at <= $2',
  ),
  user: statement(
    'emulator user',
    `select ${user.join(', ')} from emulator_user where tenant_id = $1 and principal = $2`,
  ),
  createUser: statement(
    'create emulator user',
    `${insertInto('emulator_user', user)} on conflict do nothing`,
  ),
} as const;
