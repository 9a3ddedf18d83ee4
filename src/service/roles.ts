import type { RolePermission } from '../contract/permissions.ts';
import type { Role, RoleChange } from '../domain/access-records.ts';
import type { AccessStore } from '../store/port.ts';
import { notFound } from './actions.ts';
import type { Clock } from './clock.ts';
import { nameTaken, requireText } from './comment.ts';

export interface RolesDependencies {
  readonly store: AccessStore;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Called after a change, so that it holds at once. */
  readonly changed: () => void;
}

export type Roles = ReturnType<typeof createRoles>;

/** Roles grant permissions to users; a role can be named by its id or its name. */
export function createRoles({ store, clock, newId, changed }: RolesDependencies) {
  /** @throws CordonError `ResourceNotFound` */
  const find = async (tenantId: string, reference: string): Promise<Role> => {
    const wanted = reference.toLowerCase();
    const role = (await store.roles(tenantId)).find(
      ({ id, name }) => id === wanted || name.toLowerCase() === wanted,
    );
    if (role === undefined) throw notFound('Role', reference);
    return role;
  };

  return {
    list: (tenantId: string) => store.roles(tenantId),

    /** @throws CordonError `InvalidInput` when the name is taken */
    async create(tenantId: string, name: string, permissions: readonly RolePermission[]): Promise<Role> {
      requireText('name', name);
      const role: Role = {
        tenantId,
        id: newId(),
        name,
        permissions: [...new Set(permissions)],
        principals: [],
        createdAt: clock.now(),
      };
      if (!(await store.createRole(role))) throw nameTaken('role', name);
      changed();
      return role;
    },

    /** @param change null leaves as it is @throws CordonError `InvalidInput` when the name is taken */
    async change(tenantId: string, reference: string, { name, permissions }: RoleChange): Promise<Role> {
      if (name !== null) requireText('name', name);
      const { id } = await find(tenantId, reference);
      const wanted = { name, permissions: permissions === null ? null : [...new Set(permissions)] };
      if (!(await store.changeRole(tenantId, id, wanted))) {
        await find(tenantId, id);
        throw nameTaken('role', name);
      }
      changed();
      return find(tenantId, id);
    },

    async assign(tenantId: string, reference: string, principal: string): Promise<Role> {
      requireText('principal', principal);
      const role = await find(tenantId, reference);
      await store.assignRole(tenantId, role.id, principal.toLowerCase());
      changed();
      return find(tenantId, role.id);
    },

    async unassign(tenantId: string, reference: string, principal: string): Promise<void> {
      const role = await find(tenantId, reference);
      const gone = await store.unassignRole(tenantId, role.id, principal.toLowerCase());
      if (!gone) throw notFound('Assignment of the role to', principal);
      changed();
    },

    async remove(tenantId: string, reference: string): Promise<void> {
      const role = await find(tenantId, reference);
      await store.deleteRole(tenantId, role.id);
      changed();
    },
  };
}
