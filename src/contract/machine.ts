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
  meaning: string,
  options: Partial<Property> = {},
): Property => ({ name, meaning, kind, nullable: false, filterable: true, column, ...options });

/** `rbacGroupName` is not filterable at the vendor's either (reference, section 10). */
export const MACHINE: EntityType = {
  set: 'Machines',
  properties: [
    property('id', 'string', 'id', 'Identity of the machine: 40 hexadecimal digits.'),
    property(
      'mergedIntoMachineId',
      'string',
      'merged_into_machine_id',
      'The machine that this one was merged into.',
      {
        nullable: true,
        filterable: false,
      },
    ),
    property(
      'isPotentialDuplication',
      'boolean',
      'is_potential_duplication',
      'Whether hardware that is known already was enrolled again.',
    ),
    property('isExcluded', 'boolean', 'is_excluded', 'Whether the machine is left out of reports.', {
      filterable: false,
    }),
    property('exclusionReason', 'string', 'exclusion_reason', 'Why it is left out.', {
      nullable: true,
      filterable: false,
    }),
    property('computerDnsName', 'string', 'computer_dns_name', 'Fully qualified DNS name.'),
    property('firstSeen', 'time', 'first_seen', 'When the machine was enrolled.'),
    property('lastSeen', 'time', 'last_seen', 'When the device was heard of last.'),
    property('osPlatform', 'string', 'os_platform', 'Operating system, such as `Linux` or `Windows11`.'),
    property('osVersion', 'string', 'os_version', 'Version of the operating system.', { nullable: true }),
    property('osProcessor', 'string', 'os_processor', 'Processor, such as `x64`.'),
    property(
      'version',
      'string',
      'version',
      'Release of the operating system by the name that people know, such as `23H2`.',
      { nullable: true },
    ),
    property('lastIpAddress', 'string', 'last_ip_address', 'Its own address, as the device told it last.', {
      nullable: true,
    }),
    property(
      'lastExternalIpAddress',
      'string',
      'last_external_ip_address',
      'The address that it was heard from.',
      { nullable: true },
    ),
    property('agentVersion', 'string', 'agent_version', 'Version of the agent.', { nullable: true }),
    property('osBuild', 'integer', 'os_build', 'Build number of the operating system.', { nullable: true }),
    property('healthStatus', 'enum', 'health_status', 'Whether the device is heard of.', { values: HEALTH }),
    property('deviceValue', 'enum', 'device_value', 'How much the device is worth to the organisation.', {
      nullable: true,
      values: DEVICE_VALUES,
    }),
    property('rbacGroupId', 'integer', 'rbac_group_id', 'Id of its device group, 0 for none.'),
    property('rbacGroupName', 'string', null, 'Name of its device group.', {
      nullable: true,
      filterable: false,
    }),
    property('riskScore', 'enum', 'risk_score', 'Risk, where something rates it.', {
      nullable: true,
      values: RISKS,
    }),
    property('exposureLevel', 'enum', 'exposure_level', 'Exposure, where something rates it.', {
      nullable: true,
      values: EXPOSURES,
    }),
    property('isAadJoined', 'boolean', 'is_aad_joined', 'Whether the machine is joined to a directory.'),
    property('aadDeviceId', 'guid', 'aad_device_id', 'Its id in the directory.', { nullable: true }),
    property('machineTags', 'tags', null, 'Tags of the machine.'),
    property('onboardingStatus', 'enum', 'onboarding_status', '`Onboarded` for every enrolled machine.', {
      values: ONBOARDING,
    }),
    property('osArchitecture', 'string', 'os_architecture', '`32-bit` or `64-bit`.'),
    property('managedBy', 'string', 'managed_by', 'What manages the device.', { filterable: false }),
    property('managedByStatus', 'string', 'managed_by_status', 'How it is managed.', { filterable: false }),
    property('ipAddresses', 'complex', 'ip_addresses', 'Addresses of its network interfaces.', {
      filterable: false,
    }),
    property('vmMetadata', 'complex', null, 'Always null.', { nullable: true, filterable: false }),
  ],
};
