import type { ApplicationSecret } from '../domain/access-records.ts';
import type { AccessStore } from './port.ts';
import {
  applicationFrom,
  groupFrom,
  keyFrom,
  roleFrom,
  secretFrom,
  tenantFrom,
  userFrom,
} from './records/access.ts';
import { integer, json } from './records/value.ts';
import { guard, type Row, type Sql, type Statement, step, type Value } from './sql.ts';
import { ACCESS } from './statements/access.ts';
import { ROLES, roleReads } from './statements/roles.ts';
import type { Targets } from './targets.ts';

type Applications = Omit<
  AccessStore,
  | 'createRole'
  | 'roles'
  | 'changeRole'
  | 'assignRole'
  | 'unassignRole'
  | 'deleteRole'
  | 'createGroup'
  | 'groups'
  | 'changeGroup'
  | 'assignGroup'
  | 'unassignGroup'
  | 'deleteGroup'
>;

/** One guarded statement; true when it found its row. */
const did = async (sql: Sql, statement: Statement, params: readonly Value[]): Promise<boolean> =>
  (await sql.batch([guard(statement, params)])).done;

const secretParams = (secret: ApplicationSecret): Value[] => [
  secret.tenantId,
  secret.applicationId,
  secret.id,
  secret.hash,
  secret.expiresAt,
  secret.createdAt,
];

/** Tenants and those who call with an identity of their own. */
function applicationStore(sql: Sql): Applications {
  return {
    createTenant: ({ id, name, createdAt }) => did(sql, ACCESS.createTenant, [id, name, createdAt]),
    async tenants() {
      return (await sql.all(ACCESS.tenants, [])).map(tenantFrom);
    },
    async createApplication(application, secret) {
      const { tenantId, id, displayName, permissions, createdAt, revokedAt } = application;
      const params = [tenantId, id, displayName, json(permissions), createdAt, revokedAt];
      const create = guard(ACCESS.createApplication, params);
      const first = secret === null ? [] : [step(ACCESS.addSecret, secretParams(secret))];
      return (await sql.batch([create, ...first])).done;
    },
    async application(id, tenantId) {
      const row = (await sql.all(ACCESS.application, [id.toLowerCase()]))[0];
      if (row === undefined || (tenantId !== undefined && row.tenant_id !== tenantId)) return null;
      return applicationFrom(row);
    },
    async applications(tenantId) {
      return (await sql.all(ACCESS.applications, [tenantId])).map(applicationFrom);
    },
    setApplicationPermissions: (tenantId, id, permissions) =>
      did(sql, ACCESS.setPermissions, [tenantId, id, json(permissions)]),
    revokeApplication: (tenantId, id, at) => did(sql, ACCESS.revokeApplication, [tenantId, id, at]),
    async applicationSecrets(tenantId, applicationId) {
      return (await sql.all(ACCESS.secrets, [tenantId, applicationId])).map(secretFrom);
    },
    async addApplicationSecret(secret) {
      await sql.batch([step(ACCESS.addSecret, secretParams(secret))]);
    },
    removeApplicationSecret: (tenantId, applicationId, id) =>
      did(sql, ACCESS.removeSecret, [tenantId, applicationId, id]),
    async applicationKeys(tenantId, applicationId) {
      return (await sql.all(ACCESS.keys, [tenantId, applicationId])).map(keyFrom);
    },
    addApplicationKey: ({ tenantId, applicationId, id, jwk, createdAt }) =>
      did(sql, ACCESS.addKey, [tenantId, applicationId, id, jwk, createdAt]),
    removeApplicationKey: (tenantId, applicationId, id) =>
      did(sql, ACCESS.removeKey, [tenantId, applicationId, id]),
    async useAssertion(applicationId, jti, expiresAt, now) {
      const unit = [
        step(ACCESS.expireAssertions, [applicationId, now]),
        guard(ACCESS.useAssertion, [applicationId, jti, expiresAt, now]),
      ];
      return (await sql.batch(unit)).done;
    },
    async emulatorUser(tenantId, principal) {
      const row = (await sql.all(ACCESS.user, [tenantId, principal.toLowerCase()]))[0];
      return row === undefined ? null : userFrom(row);
    },
    async createEmulatorUser({ tenantId, principal, displayName, passwordHash }) {
      const params = [tenantId, principal.toLowerCase(), displayName, passwordHash];
      await sql.batch([step(ACCESS.createUser, params)]);
    },
  };
}

/** Roles and device groups; principals are kept in lower case. */
function roleStore(sql: Sql, targets: Targets): Omit<AccessStore, keyof Applications> {
  const reads = roleReads(sql.dialect);
  return {
    async createRole({ tenantId, id, name, permissions, principals, createdAt }) {
      const create = guard(ROLES.createRole, [tenantId, id, name, json(permissions), createdAt]);
      const assign = principals.map((principal) =>
        step(ROLES.assignRole, [tenantId, id, principal.toLowerCase()]),
      );
      return (await sql.batch([step(ROLES.lockNames, [tenantId]), create, ...assign])).done;
    },
    async roles(tenantId) {
      return (await sql.all(reads.roles, [tenantId])).map(roleFrom);
    },
    async changeRole(tenantId, roleId, { name, permissions }) {
      const unit = [
        step(ROLES.lockNames, [tenantId]),
        guard(ROLES.changeRole, [tenantId, roleId, name, permissions === null ? null : json(permissions)]),
      ];
      return (await sql.batch(unit)).done;
    },
    assignRole: (tenantId, roleId, principal) =>
      did(sql, ROLES.assignRole, [tenantId, roleId, principal.toLowerCase()]),
    unassignRole: (tenantId, roleId, principal) =>
      did(sql, ROLES.unassignRole, [tenantId, roleId, principal.toLowerCase()]),
    deleteRole: (tenantId, roleId) => did(sql, ROLES.deleteRole, [tenantId, roleId]),
    async createGroup(group) {
      const { tenantId, name, rank, rules, principals, createdAt } = group;
      const outcome = await sql.batch([
        guard(ROLES.countGroup, [tenantId]),
        step(ROLES.partRanks, [tenantId]),
        step(ROLES.freeRank, [tenantId, rank]),
        guard(ROLES.createGroup, [tenantId, name, rank, json(rules), createdAt]),
        ...principals.map((principal) => step(ROLES.assignNewGroup, [tenantId, principal.toLowerCase()])),
      ]);
      if (!outcome.done) {
        if (outcome.refused === 0) throw new Error(`no tenant ${tenantId}`);
        return null;
      }
      const [made] = outcome.results[3] as readonly Row[];
      return { ...group, id: integer(made?.id), rank: integer(made?.rank) };
    },
    async groups(tenantId) {
      return (await sql.all(reads.groups, [tenantId])).map(groupFrom);
    },
    async changeGroup(tenantId, groupId, { name, rank, rules }) {
      const outcome = await sql.batch([
        step(ROLES.lockNames, [tenantId]),
        step(ROLES.partRanks, [tenantId]),
        step(ROLES.freeRank, [tenantId, rank]),
        guard(ROLES.changeGroup, [tenantId, groupId, rank, rules === null ? null : json(rules), name]),
      ]);
      return outcome.done;
    },
    assignGroup: (tenantId, groupId, principal) =>
      did(sql, ROLES.assignGroup, [tenantId, groupId, principal.toLowerCase()]),
    unassignGroup: (tenantId, groupId, principal) =>
      did(sql, ROLES.unassignGroup, [tenantId, groupId, principal.toLowerCase()]),
    async deleteGroup(tenantId, groupId) {
      const params = [tenantId, groupId];
      const unit = [
        step(ROLES.releaseMachines, params),
        step(ROLES.releaseTokens, params),
        guard(ROLES.deleteGroup, params),
      ];
      return (await targets.changing(() => sql.batch(unit))).done;
    },
  };
}

/** What {@link AccessStore} promises, over any engine. */
export const accessStore = (sql: Sql, targets: Targets): AccessStore => ({
  ...applicationStore(sql),
  ...roleStore(sql, targets),
});
