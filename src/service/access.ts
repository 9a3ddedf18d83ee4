import type { Requirement } from '../contract/permissions.ts';
import { requirePermission, requireRole, visibleGroups } from '../domain/access.ts';
import type { MachineGroup, Role } from '../domain/access-records.ts';
import type { Caller } from '../domain/caller.ts';
import type { AccessStore } from '../store/port.ts';
import type { Call } from './call.ts';

export interface Access {
  /**
   * Lets a caller through the gates of an operation.
   * @throws CordonError `Forbidden`, naming what is missing
   */
  admit(caller: Caller, requirement: Requirement): Call | Promise<Call>;
  /** Roles and groups of a tenant as calls are judged by them. */
  bindings(tenantId: string): Promise<Bindings>;
  /** Forgets what was read, after roles or groups changed. */
  forget(): void;
}

/** Roles and groups are read again at most this often; the vendor's changes take minutes to apply. */
const FRESH_MILLISECONDS = 2000;

export interface Bindings {
  readonly roles: readonly Role[];
  readonly groups: readonly MachineGroup[];
  readonly readAt: number;
}

export function createAccess(
  store: Pick<AccessStore, 'roles' | 'groups'>,
  milliseconds: () => number,
): Access {
  const cache = new Map<string, Bindings>();

  const bindingsOf = async (tenantId: string): Promise<Bindings> => {
    const cached = cache.get(tenantId);
    if (cached !== undefined && milliseconds() - cached.readAt < FRESH_MILLISECONDS) return cached;
    const [roles, groups] = await Promise.all([store.roles(tenantId), store.groups(tenantId)]);
    const bindings = { roles, groups, readAt: milliseconds() };
    cache.set(tenantId, bindings);
    return bindings;
  };

  return {
    admit(caller, requirement) {
      requirePermission(caller, requirement);
      if (caller.kind === 'application') return { caller, visible: null };
      return bindingsOf(caller.tenantId).then(({ roles, groups }) => {
        requireRole(caller, requirement.role, roles);
        return { caller, visible: visibleGroups(caller, groups) };
      });
    },
    bindings: bindingsOf,
    forget: () => cache.clear(),
  };
}
