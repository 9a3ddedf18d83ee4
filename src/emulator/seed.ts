import { APPLICATION_PERMISSIONS } from '../contract/permissions.ts';
import { EMULATOR } from '../contract/well-known.ts';
import { createLocalUsers } from '../server/local-users.ts';
import type { ServerParts } from '../server/options.ts';

/** Groups, best rank first: the responder sees the workstations only, so that the 404 of a foreign machine can be tried. */
const GROUPS = [
  {
    name: 'workstations',
    rules: [{ property: 'osPlatform', operator: 'startsWith', values: ['Windows', 'Linux'] }],
    principals: [EMULATOR.responder, EMULATOR.viewer],
  },
  {
    name: 'other platforms',
    rules: [{ property: 'name', operator: 'contains', values: ['.', '-'] }],
    principals: [EMULATOR.viewer],
  },
] as const;

const USERS = [
  {
    principal: EMULATOR.responder,
    displayName: 'Rita Responder',
    role: 'Responders',
    permissions: ['View data', 'Active remediation actions'],
  },
  { principal: EMULATOR.viewer, displayName: 'Vic Viewer', role: 'Viewers', permissions: ['View data'] },
] as const;

const APPLICATIONS = [
  { id: EMULATOR.clientId, displayName: 'cordon-emulator', permissions: APPLICATION_PERMISSIONS },
  {
    id: EMULATOR.readerClientId,
    displayName: 'cordon-emulator-reader',
    permissions: ['Machine.Read.All', 'Alert.Read.All', 'User.Read.All'],
  },
] as const;

/** Writes the well-known tenant, applications, users, roles and groups into an empty store. */
export async function seed({ store, services, clock }: ServerParts, secret: string): Promise<void> {
  const tenantId = EMULATOR.tenant;
  await store.createTenant({ id: tenantId, name: 'emulator', createdAt: clock.now() });
  for (const application of APPLICATIONS) {
    await services.applications.create({
      ...application,
      tenantId,
      secretDays: null,
      given: { id: application.id, secret },
    });
  }
  await createLocalUsers(store, tenantId, USERS, secret);
  for (const { principal, role, permissions } of USERS) {
    await services.roles.create(tenantId, role, permissions);
    await services.roles.assign(tenantId, role, principal);
  }
  for (const { name, rules, principals } of GROUPS) {
    await services.groups.create(tenantId, name, null, rules);
    for (const principal of principals) await services.groups.assign(tenantId, name, principal);
  }
}
