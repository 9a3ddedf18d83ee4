import type { Operation } from '../../contract/operation.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import type { RolePermission } from '../../contract/permissions.ts';
import { mayCall, rolePermissionsOf, visibleGroups } from '../../domain/access.ts';
import type { UserCaller } from '../../domain/caller.ts';
import type { Access } from '../access.ts';

/** What a person may do and see at this moment. */
export interface Rights {
  readonly rolePermissions: readonly RolePermission[];
  /** Ids of operations. */
  readonly allowed: readonly string[];
  /** Null for all. */
  readonly groups: readonly number[] | null;
}

/** Computed by the gates' own functions from the operation table, so that no page offers what would be refused. */
export async function rightsOf(user: UserCaller, access: Pick<Access, 'bindings'>): Promise<Rights> {
  const { roles, groups } = await access.bindings(user.tenantId);
  const rolePermissions = rolePermissionsOf(user, roles);
  const allowed = Object.values<Operation>(OPERATIONS)
    .filter(({ requirement }) => mayCall(user, requirement, roles))
    .map(({ id }) => id);
  return { rolePermissions, allowed, groups: visibleGroups(user, groups) };
}
