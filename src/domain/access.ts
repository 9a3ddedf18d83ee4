import { type Requirement, ROLE_PERMISSIONS, type RolePermission } from '../contract/permissions.ts';
import type { MachineGroup, Role } from './access-records.ts';
import type { Caller, UserCaller } from './caller.ts';
import { CordonError } from './error.ts';

/**
 * First gate: the token's own permissions. An application needs a matching `roles` entry and a user a matching `scp`
 * entry; neither substitutes for the other (reference, section 8.3).
 * @throws CordonError `Forbidden`, in the vendor's words, with the permissions that would do
 */
export function requirePermission(caller: Caller, requirement: Requirement): void {
  const [accepted, who, kind] =
    caller.kind === 'application'
      ? [requirement.application, 'application', 'application']
      : [requirement.delegated, 'user', 'delegated'];
  if (accepted.some((permission) => caller.permissions.includes(permission))) return;
  throw new CordonError(
    'Forbidden',
    `The ${who} does not have any of the required ${kind} permissions (${accepted.join(', ')}) to access the resource.`,
  );
}

/** Every name under which a role or group can be given to the user. */
function principalsOf(user: UserCaller): ReadonlySet<string> {
  return new Set(
    [user.principal, user.objectId, ...user.groups]
      .filter((name) => name !== '')
      .map((name) => name.toLowerCase()),
  );
}

/** The role permissions that the user's roles grant, in the order of the table. */
export function rolePermissionsOf(user: UserCaller, roles: readonly Role[]): readonly RolePermission[] {
  if (user.administrator) return ROLE_PERMISSIONS;
  const names = principalsOf(user);
  const held = roles.filter((role) =>
    role.principals.some((principal) => names.has(principal.toLowerCase())),
  );
  return ROLE_PERMISSIONS.filter((permission) => held.some((role) => role.permissions.includes(permission)));
}

/**
 * Second gate, for users only: a role that grants the role permission (reference, section 9).
 * @throws CordonError `Forbidden` naming the role permission
 */
export function requireRole(
  user: UserCaller,
  permission: RolePermission | null,
  roles: readonly Role[],
): void {
  if (permission === null || rolePermissionsOf(user, roles).includes(permission)) return;
  throw new CordonError('Forbidden', `The user does not have the required role permission (${permission}).`);
}

/** True where neither of the two gates would refuse the user. */
export function mayCall(user: UserCaller, requirement: Requirement, roles: readonly Role[]): boolean {
  const { delegated, role } = requirement;
  return (
    delegated.some((permission) => user.permissions.includes(permission)) &&
    (role === null || rolePermissionsOf(user, roles).includes(role))
  );
}

/**
 * Third gate: the groups whose machines a user sees, null for all. A group that names nobody is open to every user with a
 * role, and so are the machines of no group (0).
 */
export function visibleGroups(user: UserCaller, groups: readonly MachineGroup[]): readonly number[] | null {
  if (user.administrator) return null;
  const names = principalsOf(user);
  const open = groups.filter(
    (group) =>
      group.principals.length === 0 ||
      group.principals.some((principal) => names.has(principal.toLowerCase())),
  );
  return [0, ...open.map((group) => group.id)];
}
