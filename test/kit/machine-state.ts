import type { WireMachineState } from '../../src/contract/cordon.ts';

/** The time of everything in the puppet's world. */
export const AT = '2026-03-02T09:15:20.3312801Z';

/** `ws-001.cordon.test` and so on, each with an id of one repeated digit. */
export function machineState(number: number): WireMachineState {
  return {
    id: String(number).repeat(40),
    mergedIntoMachineId: null,
    isPotentialDuplication: false,
    isExcluded: false,
    exclusionReason: null,
    computerDnsName: `ws-${String(number).padStart(3, '0')}.cordon.test`,
    firstSeen: AT,
    lastSeen: AT,
    osPlatform: 'Linux',
    osVersion: '12',
    osProcessor: 'x64',
    version: null,
    lastIpAddress: '10.0.0.1',
    lastExternalIpAddress: null,
    agentVersion: '0.1.0',
    osBuild: null,
    healthStatus: 'Active',
    deviceValue: null,
    rbacGroupId: 1,
    rbacGroupName: 'workstations',
    riskScore: null,
    exposureLevel: null,
    isAadJoined: false,
    aadDeviceId: null,
    machineTags: ['finance'],
    onboardingStatus: 'Onboarded',
    osArchitecture: '64-bit',
    managedBy: 'Unknown',
    managedByStatus: 'Unknown',
    ipAddresses: [],
    vmMetadata: null,
    groupPlaced: false,
    drivers: [{ control: 'codeExecution', driver: 'simulated', version: null }],
    controls: [
      {
        control: 'codeExecution',
        mode: 'restricted',
        assurance: 'proven',
        generation: 1,
        actionId: null,
        observedMode: 'restricted',
        observedAt: AT,
        releaseAt: null,
        evidence: null,
      },
    ],
  };
}
