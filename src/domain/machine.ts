import type { DeviceFacts } from '../contract/device.ts';
import type { MachineAddress } from '../contract/machine.ts';
import type { Instant } from '../contract/time.ts';

/** What a request for an action needs to know of a machine. */
export type ActionTarget = Pick<
  Machine,
  'tenantId' | 'id' | 'computerDnsName' | 'osPlatform' | 'osBuild' | 'drivers' | 'groupId'
>;

/** A machine as Cordon keeps it; the wire form is made of it by `http`. */
export interface Machine {
  readonly tenantId: string;
  /** 40 lower-case hexadecimal digits, made by the server. */
  readonly id: string;
  readonly mergedIntoMachineId: string | null;
  readonly isPotentialDuplication: boolean;
  readonly isExcluded: boolean;
  readonly exclusionReason: string | null;
  readonly computerDnsName: string;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  readonly osPlatform: string;
  readonly osVersion: string | null;
  readonly osProcessor: string;
  readonly osArchitecture: string;
  readonly version: string | null;
  readonly osBuild: number | null;
  readonly agentVersion: string | null;
  readonly lastIpAddress: string | null;
  readonly lastExternalIpAddress: string | null;
  readonly healthStatus: string;
  readonly onboardingStatus: string;
  readonly deviceValue: string | null;
  readonly riskScore: string | null;
  readonly exposureLevel: string | null;
  /** 0 for none. */
  readonly groupId: number;
  readonly groupName: string | null;
  /** True when an enrolment token or an administrator fixed the group; rules do not move it then. */
  readonly groupPinned: boolean;
  readonly isAadJoined: boolean;
  readonly aadDeviceId: string | null;
  readonly managedBy: string;
  readonly managedByStatus: string;
  readonly addresses: readonly MachineAddress[];
  readonly tags: readonly string[];
  readonly drivers: DeviceFacts['drivers'];
  readonly hardwareFingerprint: string | null;
}

/** What a row of a long list shows of a machine itself. */
export type MachineRow = Omit<Machine, 'addresses' | 'drivers' | 'hardwareFingerprint'>;
