/**
 * Names of permissions in tokens and of the role permissions behind user tokens (reference, sections 8.5 and 9), with
 * the additions that Cordon's own API needs.
 */

/** Permissions that only an application's `roles` claim can carry. */
const APPLICATION_ONLY = [
  'Machine.Read.All',
  'Machine.ReadWrite.All',
  'Alert.Read.All',
  'Alert.ReadWrite.All',
] as const;

/** Permissions that only a user's `scp` claim can carry. */
const DELEGATED_ONLY = ['Machine.Read', 'Machine.ReadWrite', 'Alert.Read', 'Alert.ReadWrite'] as const;

/** Permissions with one name for both kinds of caller. */
const EITHER = [
  'Machine.RestrictExecution',
  'Machine.Isolate',
  'Machine.Scan',
  'Machine.CollectForensics',
  'Machine.Offboard',
  'Machine.StopAndQuarantine',
  'Machine.LiveResponse',
  'User.Read.All',
  'Library.Manage',
  'Cordon.Manage.All',
  'Cordon.Enrol.All',
  'Cordon.Audit.Read.All',
] as const;

export const APPLICATION_PERMISSIONS = [...APPLICATION_ONLY, ...EITHER] as const;
export const DELEGATED_PERMISSIONS = [...DELEGATED_ONLY, ...EITHER] as const;
export type ApplicationPermission = (typeof APPLICATION_PERMISSIONS)[number];
export type DelegatedPermission = (typeof DELEGATED_PERMISSIONS)[number];

/** What a role grants a user, by the names the vendor's portal shows. */
export const ROLE_PERMISSIONS = [
  'View data',
  'Active remediation actions',
  'Alerts investigation',
  'Manage security settings',
  'Manage portal system settings',
  'Live response capabilities',
] as const;
export type RolePermission = (typeof ROLE_PERMISSIONS)[number];

/** What a call needs: any one of the token permissions of its kind of caller, and the role permission of a user. */
export interface Requirement {
  readonly application: readonly ApplicationPermission[];
  readonly delegated: readonly DelegatedPermission[];
  /** Null where the reference names none. */
  readonly role: RolePermission | null;
}
