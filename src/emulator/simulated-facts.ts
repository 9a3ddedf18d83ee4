import { createHash } from 'node:crypto';
import type { DeviceFacts } from '../contract/device.ts';
import type { PlannedMachine } from './fleet-plan.ts';

/** What a simulated machine says of itself: made from its name, so that each start of a fleet tells the same. */
export function simulatedFacts(machine: PlannedMachine, index: number): DeviceFacts {
  const digest = createHash('sha256').update(`cordon simulated machine ${machine.name}`).digest('hex');
  const { osPlatform, version, osBuild, supported } = machine.behaviour;
  return {
    computerDnsName: machine.name,
    osPlatform,
    osVersion: null,
    osProcessor: 'x64',
    osArchitecture: '64-bit',
    version,
    osBuild,
    agentVersion: '0.1.0-simulated',
    ipAddresses: [
      {
        ipAddress: `10.20.${(index >> 8) & 255}.${index & 255}`,
        macAddress: `02005E${digest.slice(0, 6).toUpperCase()}`,
        type: 'Ethernet',
        operationalStatus: 'Up',
      },
      { ipAddress: '127.0.0.1', macAddress: null, type: 'SoftwareLoopback', operationalStatus: 'Up' },
    ],
    aadDeviceId: guidOf(digest),
    hardwareFingerprint: digest,
    drivers: supported ? [{ control: 'codeExecution', driver: 'simulated', version: null }] : [],
  };
}

/** The id that an emulator gives a machine: the same at every start, so that playbook tests can name it. */
export function simulatedMachineId(dnsName: string): string {
  return createHash('sha1').update(`cordon emulator ${dnsName}`).digest('hex');
}

function guidOf(digest: string): string {
  const variant = '89ab'[Number.parseInt(digest[16]!, 16) & 3];
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
