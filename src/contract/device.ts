/**
 * What agent and server say to each other. Free of every library, so that the agent stays small; the
 * validators are in `device-check.ts`.
 *
 * Protocol history (one growing integer; the server accepts its own number and the one before):
 * - 1: enrolment, signed exchange with long poll, reports with evidence, timed release.
 */
import type { Control, Mode, WantedMode } from './control.ts';

export const DEVICE_PROTOCOL = 1;

export const ENROL_PATH = '/cordon/v1/device/enrol';
export const EXCHANGE_PATH = '/cordon/v1/device/exchange';

/** Public half of an Ed25519 key: 32 bytes as base64url. */
export type PublicKey = string;

/**
 * Whether a restriction could be put in force without delay: `preparing` until what it needs was made for the first time,
 * `unable` when something stands against it.
 */
export interface Readiness {
  readonly state: 'preparing' | 'ready' | 'unable';
  /** One sentence for a person. */
  readonly detail: string;
}

/** A driver as its device tells of it. */
export interface DriverFacts {
  control: Control;
  driver: string;
  version: string | null;
  /** Absent where nothing has to be prepared, and from agents before 0.2. */
  readiness?: Readiness;
}

/** Facts a device tells about itself; attributes only, never an identity. */
export interface DeviceFacts {
  computerDnsName: string;
  osPlatform: string;
  osVersion: string | null;
  osProcessor: string;
  osArchitecture: '32-bit' | '64-bit';
  version: string | null;
  osBuild: number | null;
  agentVersion: string;
  /** Twelve hexadecimal digits each, null for loopback. */
  ipAddresses: { ipAddress: string; macAddress: string | null; type: string; operationalStatus: string }[];
  aadDeviceId: string | null;
  /** SHA-256 over what the hardware says of itself, hexadecimal; a duplicate is marked, never trusted. */
  hardwareFingerprint: string;
  /** Driver by control; a control without a driver is not supported on this device. */
  drivers: DriverFacts[];
}

/** Body of `POST /cordon/v1/device/enrol`. */
export interface EnrolRequest {
  protocol: number;
  token: string;
  publicKey: PublicKey;
  facts: DeviceFacts;
  /** When an enrolled machine replaces its key: signature (base64url) by the old key over {@link replacementText}. */
  replaces?: { machineId: string; signature: string };
}

/** The text that the old key signs when a machine replaces its key by itself. */
export function replacementText(machineId: string, newKey: PublicKey): string {
  return `cordon key replacement\n${machineId}\n${newKey}`;
}

/** Answer to an enrolment; the device pins `serverKey`. */
export interface EnrolAnswer {
  protocol: number;
  machineId: string;
  tenantId: string;
  serverKey: PublicKey;
  epoch: string;
  nonce: string;
}

/** One check of a driver, kept as evidence. */
export interface Check {
  /** What was tried, as a sentence fragment: `untrusted program as another user`. */
  name: string;
  expected: string;
  observed: string;
  passed: boolean;
}

/** What a driver found when it verified a mode. */
export interface Evidence {
  driver: string;
  /** Version of the enforcer, null when it has none. */
  driverVersion: string | null;
  checks: Check[];
  /** Milliseconds by phase (`apply`, `verify`, …). */
  took: Record<string, number>;
  /** What a responder must know to read the proof rightly. */
  notes: string[];
}

/**
 * A report about one generation of a control.
 * - `accepted`: the device has recorded the generation and will now apply it.
 * - `outcome`: it applied and verified, or could not.
 * - `drift`: a proven restriction was found undone, and whether it could be put back.
 * - `released`: the time of this generation's restriction was over and no newer word of the server had come, so the
 *   device released by itself, or could not.
 */
export interface Report {
  kind: 'accepted' | 'outcome' | 'drift' | 'released';
  control: Control;
  generation: number;
  actionId: string | null;
  /** Grows by one with each report of a device's ledger; the server ignores what it has seen already. */
  sequence: number;
  /** Mode in force as far as the device can tell. */
  observed: Mode;
  /** True only when the driver verified `observed` with evidence. */
  proven: boolean;
  /** On failure: whether the device put the state before back. */
  undone: boolean;
  /** On failure or drift: one sentence for a person. */
  reason: string | null;
  evidence: Evidence | null;
}

/** Payload (signed by the device, JWS compact, EdDSA) of `POST /cordon/v1/device/exchange`; media type `application/jose`. */
export interface ExchangeRequest {
  protocol: number;
  machineId: string;
  /** Nonce of the server's last answer; a used or unknown one is refused with a fresh one. */
  nonce: string;
  epoch: string;
  /** Generation by control that the device has recorded; 0 where it has none. */
  known: { control: Control; generation: number }[];
  reports: Report[];
  /**
   * The server's key that the device has pinned: the answer is signed with it. Agents of before do not say; they are
   * answered with the key that they enrolled under, and not told of a next one.
   */
  serverKey?: PublicKey;
  /** Only when they changed since the server last confirmed them. */
  facts?: DeviceFacts;
  /** How long the server may hold the answer when there is nothing new; 0 to 55 seconds. */
  waitSeconds: number;
}

/** What the server wants of a control. */
export interface Desired {
  control: Control;
  mode: Mode;
  generation: number;
  /** The action the mode follows from; null where it follows from none. */
  actionId: string | null;
  /** Whether the device may undo by itself: a first restrict of this generation that no proof has followed. */
  status: 'active' | 'settled';
  /** When the device releases by itself; absent where only a newer order does. */
  release?: Release;
}

/** The deadline of a restriction, told so that the device needs no wall clock of its own. */
export interface Release {
  /** The deadline by the server's clock, for people to read. */
  at: string;
  /** Seconds that were left when the server answered, rounded up; 0 once it has passed. */
  inSeconds: number;
}

/** Payload (signed by the server's device key, JWS compact, EdDSA) of the answer. */
export interface ExchangeAnswer {
  protocol: number;
  machineId: string;
  /** The request's nonce, so that an old answer cannot be replayed. */
  answers: string;
  /** For the next exchange. */
  nonce: string;
  epoch: string;
  desired: Desired[];
  /** Highest report sequence that is stored; the device may forget reports up to it. */
  received: number;
  /** The key to pin from now on, under the signature of the one pinned; absent when that is the newest. */
  nextServerKey?: PublicKey;
}

/** Body of the 401 that asks for the exchange to be repeated with a fresh nonce. Signed too, so a proxy cannot forge it. */
export interface NonceAnswer {
  protocol: number;
  machineId: string;
  nonce: string;
}

export type { Control, Mode, WantedMode };
