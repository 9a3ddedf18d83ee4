/** The part of the port that is about who may do what; `port.ts` has the rest. */
import type { Instant } from '../contract/time.ts';
import type {
  Application,
  ApplicationKey,
  ApplicationSecret,
  EmulatorUser,
  GroupChange,
  MachineGroup,
  Role,
  RoleChange,
  Tenant,
} from '../domain/access-records.ts';

/** Tenants, applications with their proofs, roles and device groups. */
export interface AccessStore {
  createTenant(tenant: Tenant): Promise<boolean>;
  tenants(): Promise<readonly Tenant[]>;
  /** False when the id or, within the tenant, the display name is taken. */
  createApplication(application: Application, secret: ApplicationSecret | null): Promise<boolean>;
  /** By id, in any tenant unless one is given. */
  application(id: string, tenantId?: string): Promise<Application | null>;
  applications(tenantId: string): Promise<readonly Application[]>;
  setApplicationPermissions(
    tenantId: string,
    id: string,
    permissions: Application['permissions'],
  ): Promise<boolean>;
  revokeApplication(tenantId: string, id: string, at: Instant): Promise<boolean>;
  applicationSecrets(tenantId: string, applicationId: string): Promise<readonly ApplicationSecret[]>;
  addApplicationSecret(secret: ApplicationSecret): Promise<void>;
  removeApplicationSecret(tenantId: string, applicationId: string, id: string): Promise<boolean>;
  applicationKeys(tenantId: string, applicationId: string): Promise<readonly ApplicationKey[]>;
  addApplicationKey(key: ApplicationKey): Promise<boolean>;
  removeApplicationKey(tenantId: string, applicationId: string, id: string): Promise<boolean>;
  /** Remembers the `jti` of a client assertion until it expires; false when it was used before. */
  useAssertion(applicationId: string, jti: string, expiresAt: Instant, now: Instant): Promise<boolean>;
  emulatorUser(tenantId: string, principal: string): Promise<EmulatorUser | null>;
  createEmulatorUser(user: EmulatorUser): Promise<void>;
  /** False when the name is taken. */
  createRole(role: Role): Promise<boolean>;
  roles(tenantId: string): Promise<readonly Role[]>;
  /** False when there is no such role, or another one has the name. */
  changeRole(tenantId: string, roleId: string, change: RoleChange): Promise<boolean>;
  assignRole(tenantId: string, roleId: string, principal: string): Promise<boolean>;
  unassignRole(tenantId: string, roleId: string, principal: string): Promise<boolean>;
  deleteRole(tenantId: string, roleId: string): Promise<boolean>;
  /**
   * Numbers the group (one more than the highest id ever used in the tenant); null when the name is taken. Without a rank it
   * comes last; where its rank is taken it comes first there, and the groups of that rank and below move down by one.
   * Afterwards no two groups of the tenant share a rank, also where two did. {@link changeGroup} moves ranks alike.
   */
  createGroup(
    group: Omit<MachineGroup, 'id' | 'rank'> & { readonly rank: number | null },
  ): Promise<MachineGroup | null>;
  groups(tenantId: string): Promise<readonly MachineGroup[]>;
  /** False when there is no such group, or another one has the name; nothing has moved then. */
  changeGroup(tenantId: string, groupId: number, change: GroupChange): Promise<boolean>;
  assignGroup(tenantId: string, groupId: number, principal: string): Promise<boolean>;
  unassignGroup(tenantId: string, groupId: number, principal: string): Promise<boolean>;
  /** Machines of the group go to group 0, unpinned. */
  deleteGroup(tenantId: string, groupId: number): Promise<boolean>;
}
