import { OPERATIONS } from '../../contract/operations.ts';
import type { RolePermission } from '../../contract/permissions.ts';
import { handler } from '../handler.ts';
import { wireRole } from '../representation/access.ts';

export const listRoles = handler(OPERATIONS.listRoles, async ({ call, services }) => ({
  value: (await services.roles.list(call.caller.tenantId)).map(wireRole),
}));

export const createRole = handler(OPERATIONS.createRole, async ({ call, services, body }) => {
  const { name, permissions } = body as { name: string; permissions: RolePermission[] };
  return wireRole(await services.roles.create(call.caller.tenantId, name, permissions));
});

export const changeRole = handler(OPERATIONS.changeRole, async ({ call, services, parameters, body }) => {
  const { name = null, permissions = null } = body as { name?: string; permissions?: RolePermission[] };
  return wireRole(
    await services.roles.change(call.caller.tenantId, parameters.id ?? '', { name, permissions }),
  );
});

export const deleteRole = handler(OPERATIONS.deleteRole, async ({ call, services, parameters }) => {
  await services.roles.remove(call.caller.tenantId, parameters.id ?? '');
  return null;
});

export const assignRole = handler(OPERATIONS.assignRole, async ({ call, services, parameters, body }) => {
  const { principal } = body as { principal: string };
  return wireRole(await services.roles.assign(call.caller.tenantId, parameters.id ?? '', principal));
});

export const unassignRole = handler(OPERATIONS.unassignRole, async ({ call, services, parameters }) => {
  await services.roles.unassign(call.caller.tenantId, parameters.id ?? '', parameters.principal ?? '');
  return null;
});
