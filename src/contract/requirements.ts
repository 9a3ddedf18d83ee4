/** What calls need, by what they do; rows of the operation table name one. */
import type { Requirement } from './permissions.ts';

export const READ_MACHINES: Requirement = {
  application: ['Machine.Read.All', 'Machine.ReadWrite.All'],
  delegated: ['Machine.Read', 'Machine.ReadWrite'],
  role: 'View data',
};
export const RESTRICT: Requirement = {
  application: ['Machine.RestrictExecution'],
  delegated: ['Machine.RestrictExecution'],
  role: 'Active remediation actions',
};
/** Any permission for an action lets cancel one, and each has one name for both kinds of caller. */
const ANY_ACTION = [
  'Machine.CollectForensics',
  'Machine.Isolate',
  'Machine.RestrictExecution',
  'Machine.Scan',
  'Machine.Offboard',
  'Machine.StopAndQuarantine',
  'Machine.LiveResponse',
] as const;
export const CANCEL: Requirement = {
  application: ANY_ACTION,
  delegated: ANY_ACTION,
  role: 'Active remediation actions',
};
export const CHANGE_TAGS: Requirement = {
  application: ['Machine.ReadWrite.All'],
  delegated: ['Machine.ReadWrite'],
  role: 'Manage security settings',
};
export const READ_ALERTS: Requirement = {
  application: ['Alert.Read.All', 'Alert.ReadWrite.All'],
  delegated: ['Alert.Read', 'Alert.ReadWrite'],
  role: 'View data',
};
export const MANAGE: Requirement = {
  application: ['Cordon.Manage.All'],
  delegated: ['Cordon.Manage.All'],
  role: 'Manage portal system settings',
};
export const ENROL: Requirement = {
  application: ['Cordon.Enrol.All', 'Cordon.Manage.All'],
  delegated: ['Cordon.Enrol.All', 'Cordon.Manage.All'],
  role: 'Manage security settings',
};
export const AUDIT: Requirement = {
  application: ['Machine.Read.All', 'Machine.ReadWrite.All', 'Cordon.Audit.Read.All'],
  delegated: ['Machine.Read', 'Machine.ReadWrite', 'Cordon.Audit.Read.All'],
  role: 'View data',
};

/** The whole history at once, whoever asked for what. */
export const EXPORT: Requirement = {
  application: ['Cordon.Audit.Read.All'],
  delegated: ['Cordon.Audit.Read.All'],
  role: 'View data',
};
