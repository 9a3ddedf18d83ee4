import type {
  Application,
  ApplicationKey,
  ApplicationSecret,
  EmulatorUser,
  ServerKey,
  Tenant,
} from '../../src/domain/access-records.ts';
import type { AccessStore, KeyStore } from '../../src/store/port.ts';

/** The part of the store that tokens need. */
export type TokenStore = Pick<
  AccessStore,
  | 'createTenant'
  | 'tenants'
  | 'createApplication'
  | 'application'
  | 'applications'
  | 'setApplicationPermissions'
  | 'revokeApplication'
  | 'applicationSecrets'
  | 'addApplicationSecret'
  | 'removeApplicationSecret'
  | 'applicationKeys'
  | 'addApplicationKey'
  | 'removeApplicationKey'
  | 'useAssertion'
  | 'emulatorUser'
  | 'createEmulatorUser'
> &
  Pick<KeyStore, 'serverKeys' | 'addServerKey' | 'retireServerKey'>;

/** A token store in memory, for tests that must not depend on a database; the conformance suite is not run on it. */
export function accessMemory(): TokenStore {
  const tenants: Tenant[] = [];
  let applications: Application[] = [];
  let secrets: ApplicationSecret[] = [];
  let applicationKeys: ApplicationKey[] = [];
  const users: EmulatorUser[] = [];
  let serverKeys: ServerKey[] = [];
  const assertions = new Set<string>();
  const of = (tenantId: string, id: string) => (row: { tenantId: string; applicationId: string }) =>
    row.tenantId === tenantId && row.applicationId === id;

  function change(tenantId: string, id: string, fields: Partial<Application>): boolean {
    const found = applications.some((row) => row.tenantId === tenantId && row.id === id);
    applications = applications.map((row) =>
      row.tenantId === tenantId && row.id === id ? { ...row, ...fields } : row,
    );
    return found;
  }

  return {
    async createTenant(tenant) {
      if (tenants.some((row) => row.id === tenant.id || row.name === tenant.name)) return false;
      tenants.push(tenant);
      return true;
    },
    async tenants() {
      return tenants;
    },
    async createApplication(application, secret) {
      const taken = applications.some(
        (row) =>
          row.id === application.id ||
          (row.tenantId === application.tenantId && row.displayName === application.displayName),
      );
      if (taken) return false;
      applications.push(application);
      if (secret !== null) secrets.push(secret);
      return true;
    },
    async application(id, tenantId) {
      return applications.find((row) => row.id === id && (tenantId ?? row.tenantId) === row.tenantId) ?? null;
    },
    async applications(tenantId) {
      return applications.filter((row) => row.tenantId === tenantId);
    },
    async setApplicationPermissions(tenantId, id, permissions) {
      return change(tenantId, id, { permissions });
    },
    async revokeApplication(tenantId, id, at) {
      return change(tenantId, id, { revokedAt: at });
    },
    async applicationSecrets(tenantId, id) {
      return secrets.filter(of(tenantId, id));
    },
    async addApplicationSecret(secret) {
      secrets.push(secret);
    },
    async removeApplicationSecret(tenantId, applicationId, id) {
      const before = secrets.length;
      secrets = secrets.filter((row) => !(of(tenantId, applicationId)(row) && row.id === id));
      return secrets.length < before;
    },
    async applicationKeys(tenantId, id) {
      return applicationKeys.filter(of(tenantId, id));
    },
    async addApplicationKey(key) {
      if (applicationKeys.some((row) => of(key.tenantId, key.applicationId)(row) && row.id === key.id))
        return false;
      applicationKeys.push(key);
      return true;
    },
    async removeApplicationKey(tenantId, applicationId, id) {
      const before = applicationKeys.length;
      applicationKeys = applicationKeys.filter((row) => !(of(tenantId, applicationId)(row) && row.id === id));
      return applicationKeys.length < before;
    },
    async useAssertion(applicationId, jti) {
      const name = `${applicationId} ${jti}`;
      if (assertions.has(name)) return false;
      assertions.add(name);
      return true;
    },
    async emulatorUser(tenantId, principal) {
      return users.find((row) => row.tenantId === tenantId && row.principal === principal) ?? null;
    },
    async createEmulatorUser(user) {
      users.push(user);
    },
    async serverKeys() {
      return serverKeys;
    },
    async addServerKey(key) {
      const taken = serverKeys.some(
        (row) => row.purpose === key.purpose && row.activeFrom === key.activeFrom,
      );
      if (!taken) serverKeys = [...serverKeys, key];
      return serverKeys;
    },
    async retireServerKey(id, at) {
      serverKeys = serverKeys.map((row) => (row.id === id ? { ...row, retiredAt: at } : row));
    },
  };
}
