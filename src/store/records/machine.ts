import type { ActionTarget, Machine, MachineRow } from '../../domain/machine.ts';
import type { MachineFacts } from '../port.ts';
import type { Row, Value } from '../sql.ts';
import { flag, fromFlag, integer, json, maybeInteger, maybeText, parsed, text } from './value.ts';

/** Columns of `machine`; tags and the group's name come from their own tables. */
export const MACHINE_COLUMNS = [
  'tenant_id',
  'id',
  'merged_into_machine_id',
  'is_potential_duplication',
  'is_excluded',
  'exclusion_reason',
  'computer_dns_name',
  'first_seen',
  'last_seen',
  'os_platform',
  'os_version',
  'os_processor',
  'os_architecture',
  'version',
  'os_build',
  'agent_version',
  'last_ip_address',
  'last_external_ip_address',
  'health_status',
  'onboarding_status',
  'device_value',
  'risk_score',
  'exposure_level',
  'rbac_group_id',
  'group_pinned',
  'is_aad_joined',
  'aad_device_id',
  'managed_by',
  'managed_by_status',
  'ip_addresses',
  'drivers',
  'hardware_fingerprint',
] as const;

/** What rows of long lists leave out: it is large, and no filter or order needs it. */
const LARGE: readonly string[] = ['ip_addresses', 'drivers', 'hardware_fingerprint'];
export const ROW_COLUMNS: readonly string[] = MACHINE_COLUMNS.filter((column) => !LARGE.includes(column));

export const machineParams = (machine: Machine): Value[] => [
  machine.tenantId,
  machine.id,
  machine.mergedIntoMachineId,
  fromFlag(machine.isPotentialDuplication),
  fromFlag(machine.isExcluded),
  machine.exclusionReason,
  machine.computerDnsName,
  machine.firstSeen,
  machine.lastSeen,
  machine.osPlatform,
  machine.osVersion,
  machine.osProcessor,
  machine.osArchitecture,
  machine.version,
  machine.osBuild,
  machine.agentVersion,
  machine.lastIpAddress,
  machine.lastExternalIpAddress,
  machine.healthStatus,
  machine.onboardingStatus,
  machine.deviceValue,
  machine.riskScore,
  machine.exposureLevel,
  machine.groupId,
  fromFlag(machine.groupPinned),
  fromFlag(machine.isAadJoined),
  machine.aadDeviceId?.toLowerCase() ?? null,
  machine.managedBy,
  machine.managedByStatus,
  json(machine.addresses),
  json(machine.drivers),
  machine.hardwareFingerprint,
];

/** Columns that {@link factsParams} gives, in its order. */
export const FACT_COLUMNS = [
  'computer_dns_name',
  'os_platform',
  'os_version',
  'os_processor',
  'os_architecture',
  'version',
  'os_build',
  'agent_version',
  'last_ip_address',
  'ip_addresses',
  'aad_device_id',
  'is_aad_joined',
  'drivers',
  'hardware_fingerprint',
] as const;

export const factsParams = (facts: MachineFacts): Value[] => [
  facts.computerDnsName,
  facts.osPlatform,
  facts.osVersion,
  facts.osProcessor,
  facts.osArchitecture,
  facts.version,
  facts.osBuild,
  facts.agentVersion,
  facts.lastIpAddress,
  json(facts.addresses),
  facts.aadDeviceId?.toLowerCase() ?? null,
  fromFlag(facts.isAadJoined),
  json(facts.drivers),
  facts.hardwareFingerprint,
];

/** Every address of the facts once, in lower case, as findbyip looks for them. */
export const addressesOf = (facts: Pick<MachineFacts, 'addresses' | 'lastIpAddress'>): string[] => {
  const all = facts.addresses.map((address) => address.ipAddress.toLowerCase());
  if (facts.lastIpAddress !== null) all.push(facts.lastIpAddress.toLowerCase());
  return [...new Set(all)].sort();
};

const list = <T>(value: Value | undefined): T[] => (value === null ? [] : parsed<T[]>(value));

/** Columns of an action's target. */
export const TARGET_COLUMNS = [
  'tenant_id',
  'id',
  'computer_dns_name',
  'os_platform',
  'os_build',
  'drivers',
  'rbac_group_id',
] as const;

export const targetFrom = (row: Row): ActionTarget => ({
  tenantId: text(row.tenant_id),
  id: text(row.id),
  computerDnsName: text(row.computer_dns_name),
  osPlatform: text(row.os_platform),
  osBuild: maybeInteger(row.os_build),
  drivers: list(row.drivers),
  groupId: integer(row.rbac_group_id),
});

/** From a row that also has `group_name` and `tags` (JSON array text or null). */
export const machineFrom = (row: Row): Machine => ({
  ...machineRowFrom(row),
  addresses: list(row.ip_addresses),
  drivers: list(row.drivers),
  hardwareFingerprint: maybeText(row.hardware_fingerprint),
});

/** The same in short. */
export const machineRowFrom = (row: Row): MachineRow => ({
  tenantId: text(row.tenant_id),
  id: text(row.id),
  mergedIntoMachineId: maybeText(row.merged_into_machine_id),
  isPotentialDuplication: flag(row.is_potential_duplication),
  isExcluded: flag(row.is_excluded),
  exclusionReason: maybeText(row.exclusion_reason),
  computerDnsName: text(row.computer_dns_name),
  firstSeen: text(row.first_seen),
  lastSeen: text(row.last_seen),
  osPlatform: text(row.os_platform),
  osVersion: maybeText(row.os_version),
  osProcessor: text(row.os_processor),
  osArchitecture: text(row.os_architecture),
  version: maybeText(row.version),
  osBuild: maybeInteger(row.os_build),
  agentVersion: maybeText(row.agent_version),
  lastIpAddress: maybeText(row.last_ip_address),
  lastExternalIpAddress: maybeText(row.last_external_ip_address),
  healthStatus: text(row.health_status),
  onboardingStatus: text(row.onboarding_status),
  deviceValue: maybeText(row.device_value),
  riskScore: maybeText(row.risk_score),
  exposureLevel: maybeText(row.exposure_level),
  groupId: integer(row.rbac_group_id),
  groupName: maybeText(row.group_name),
  groupPinned: flag(row.group_pinned),
  isAadJoined: flag(row.is_aad_joined),
  aadDeviceId: maybeText(row.aad_device_id),
  managedBy: text(row.managed_by),
  managedByStatus: text(row.managed_by_status),
  tags: list<string>(row.tags),
});
