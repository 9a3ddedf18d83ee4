/** Invented values of the description's examples; what exists in one exists in the others. */
import type { WireActionEvent, WireApplication, WireControl } from './cordon.ts';
import type { WireMachine } from './machine.ts';
import type { WireMachineAction } from './machine-action.ts';

const AT = '2026-03-02T09:15:20.3312801Z';

export const MACHINE_EXAMPLE: WireMachine = {
  id: '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567',
  mergedIntoMachineId: null,
  isPotentialDuplication: false,
  isExcluded: false,
  exclusionReason: null,
  computerDnsName: 'ws-042.example.test',
  firstSeen: '2025-11-20T08:02:18.5451725Z',
  lastSeen: '2026-03-02T07:42:06.64Z',
  osPlatform: 'Linux',
  osVersion: '12',
  osProcessor: 'x64',
  version: null,
  lastIpAddress: '10.20.0.42',
  lastExternalIpAddress: '203.0.113.7',
  agentVersion: '0.1.0',
  osBuild: null,
  healthStatus: 'Active',
  deviceValue: 'Normal',
  rbacGroupId: 12,
  rbacGroupName: 'workstations',
  riskScore: null,
  exposureLevel: null,
  isAadJoined: false,
  aadDeviceId: null,
  machineTags: ['lab'],
  onboardingStatus: 'Onboarded',
  osArchitecture: '64-bit',
  managedBy: 'Unknown',
  managedByStatus: 'Unknown',
  ipAddresses: [
    { ipAddress: '10.20.0.42', macAddress: '02005E100001', type: 'Ethernet', operationalStatus: 'Up' },
  ],
  vmMetadata: null,
};

export const ACTION_EXAMPLE: WireMachineAction = {
  id: '3d0c8b52-6a41-4f0e-9a57-0c1d2e3f4a5b',
  type: 'UnrestrictCodeExecution',
  title: null,
  requestor: 'soar-connector',
  requestorComment: 'ticket 8841: host rebuilt',
  status: 'Pending',
  machineId: MACHINE_EXAMPLE.id,
  computerDnsName: MACHINE_EXAMPLE.computerDnsName,
  creationDateTimeUtc: AT,
  lastUpdateDateTimeUtc: AT,
  cancellationRequestor: null,
  cancellationComment: null,
  cancellationDateTimeUtc: null,
  errorHResult: 0,
  scope: null,
  externalId: null,
  requestSource: 'PublicApi',
  relatedFileInfo: null,
  commands: [],
  troubleshootInfo: null,
};

export const EVENT_EXAMPLE: WireActionEvent = {
  revision: 1,
  at: AT,
  status: 'Pending',
  actor: { kind: 'application', id: 'c2f0a9b4-5d51-4f7e-8f3d-9e0a7b6c5d43', name: 'soar-connector' },
  cause: 'requested',
  evidence: null,
};

export const CONTROL_EXAMPLE: WireControl = {
  control: 'codeExecution',
  mode: 'restricted',
  assurance: 'proven',
  generation: 3,
  actionId: ACTION_EXAMPLE.id,
  observedMode: 'restricted',
  observedAt: AT,
  releaseAt: null,
  evidence: {
    driver: 'fapolicyd',
    driverVersion: '1.3.3',
    checks: [
      { name: 'untrusted program as another user', expected: 'refused', observed: 'refused', passed: true },
    ],
    took: { apply: 812, verify: 240 },
    notes: [],
  },
};

export const APPLICATION_EXAMPLE: WireApplication = {
  id: EVENT_EXAMPLE.actor.id,
  displayName: EVENT_EXAMPLE.actor.name,
  permissions: ['Machine.RestrictExecution', 'Machine.Read.All'],
  createdAt: AT,
  revokedAt: null,
  secrets: [{ id: '5b1c4c1e-8f0f-4b8b-9d55-0f2a7b6c1d2e', createdAt: AT, expiresAt: null }],
  keys: [],
};
