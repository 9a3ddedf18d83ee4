import type { EntityType, Property } from './property.ts';

/** One network address of a machine, as the wire has it. */
export interface MachineAddress {
  ipAddress: string;
  /** Twelve hexadecimal digits without separators; null for loopback. */
  macAddress: string | null;
  type: string;
  operationalStatus: string;
}

/** A machine as the wire has it, in the captured order (reference, section 5.2). */
export interface WireMachine {
  id: string;
  mergedIntoMachineId: string | null;
  isPotentialDuplication: boolean;
  isExcluded: boolean;
  exclusionReason: string | null;
  computerDnsName: string;
  firstSeen: string;
  lastSeen: string;
  osPlatform: string;
  osVersion: string | null;
  osProcessor: string;
  version: string | null;
  lastIpAddress: string | null;
  lastExternalIpAddress: string | null;
  agentVersion: string | null;
  osBuild: number | null;
  healthStatus: string;
  deviceValue: string | null;
  rbacGroupId: number;
  rbacGroupName: string | null;
  riskScore: string | null;
  exposureLevel: string | null;
  isAadJoined: boolean;
  aadDeviceId: string | null;
  machineTags: string[];
  onboardingStatus: string;
  osArchitecture: string;
  managedBy: string;
  managedByStatus: string;
  ipAddresses: MachineAddress[];
  vmMetadata: null;
}

const HEALTH = [
  'Active',
  'Inactive',
  'ImpairedCommunication',
  'NoSensorData',
  'NoSensorDataImpairedCommunication',
  'Unknown',
] as const;
const ONBOARDING = ['Onboarded', 'CanBeOnboarded', 'Unsupported', 'InsufficientInfo'] as const;
const RISKS = ['None', 'Informational', 'Low', 'Medium', 'High'] as const;
const EXPOSURES = ['None', 'Low', 'Medium', 'High'] as const;
const DEVICE_VALUES = ['Normal', 'Low', 'High'] as const;

const property = (
  name: string,
  kind: Property['kind'],
  column: string | null,
  options: Partial<Property> = {},
): Property => ({ name, kind, nullable: false, filterable: true, column, ...options });

/** `rbacGroupName` is not filterable at the vendor's either (reference, section 10). */
export const MACHINE: EntityType = {
  set: 'Machines',
  properties: [
    property('id', 'string', 'id'),
    property('mergedIntoMachineId', 'string', 'merged_into_machine_id', {
      nullable: true,
      filterable: false,
    }),
    property('isPotentialDuplication', 'boolean', 'is_potential_duplication'),
    property('isExcluded', 'boolean', 'is_excluded', { filterable: false }),
    property('exclusionReason', 'string', 'exclusion_reason', { nullable: true, filterable: false }),
    property('computerDnsName', 'string', 'computer_dns_name'),
    property('firstSeen', 'time', 'first_seen'),
    property('lastSeen', 'time', 'last_seen'),
    property('osPlatform', 'string', 'os_platform'),
    property('osVersion', 'string', 'os_version', { nullable: true }),
    property('osProcessor', 'string', 'os_processor'),
    property('version', 'string', 'version', { nullable: true }),
    property('lastIpAddress', 'string', 'last_ip_address', { nullable: true }),
    property('lastExternalIpAddress', 'string', 'last_external_ip_address', { nullable: true }),
    property('agentVersion', 'string', 'agent_version', { nullable: true }),
    property('osBuild', 'integer', 'os_build', { nullable: true }),
    property('healthStatus', 'enum', 'health_status', { values: HEALTH }),
    property('deviceValue', 'enum', 'device_value', { nullable: true, values: DEVICE_VALUES }),
    property('rbacGroupId', 'integer', 'rbac_group_id'),
    property('rbacGroupName', 'string', null, { nullable: true, filterable: false }),
    property('riskScore', 'enum', 'risk_score', { nullable: true, values: RISKS }),
    property('exposureLevel', 'enum', 'exposure_level', { nullable: true, values: EXPOSURES }),
    property('isAadJoined', 'boolean', 'is_aad_joined'),
    property('aadDeviceId', 'guid', 'aad_device_id', { nullable: true }),
    property('machineTags', 'tags', null),
    property('onboardingStatus', 'enum', 'onboarding_status', { values: ONBOARDING }),
    property('osArchitecture', 'string', 'os_architecture'),
    property('managedBy', 'string', 'managed_by', { filterable: false }),
    property('managedByStatus', 'string', 'managed_by_status', { filterable: false }),
    property('ipAddresses', 'complex', 'ip_addresses', { filterable: false }),
    property('vmMetadata', 'complex', null, { nullable: true, filterable: false }),
  ],
};
