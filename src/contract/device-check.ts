import {
  type Checked,
  check,
  finite,
  flag,
  integer,
  list,
  nullable,
  object,
  oneOf,
  table,
  text,
} from './check.ts';
import type { Control, Mode } from './control.ts';
import type {
  Check,
  Desired,
  DeviceFacts,
  DriverFacts,
  EnrolAnswer,
  EnrolRequest,
  Evidence,
  ExchangeAnswer,
  ExchangeRequest,
  NonceAnswer,
  Readiness,
  Release,
  Report,
} from './device.ts';

/**
 * How much a message may carry. Both sides keep to it: the sender cuts what is longer, the receiver refuses it. With
 * these limits an exchange stays below 1 MiB unless every field is filled to the brim.
 */
export const DEVICE_LIMITS = {
  /** Name of a machine or a check. */
  name: 256,
  /** Expected and observed of a check. */
  finding: 1_024,
  /** Reason of a report, note of an evidence. */
  sentence: 2_048,
  checks: 128,
  notes: 64,
  phases: 32,
  /** Milliseconds of a phase: a year, longer than any and short enough to show a wrong unit. */
  took: 3.2e10,
  addresses: 128,
  controls: 16,
  reports: 32,
  nonce: 256,
  /** Longest time that an answer may be held, in seconds. */
  waitSeconds: 55,
} as const;

const CONTROLS: readonly Control[] = ['codeExecution'];
const MODES: readonly Mode[] = ['unmanaged', 'restricted', 'unrestricted'];

const LARGEST = Number.MAX_SAFE_INTEGER;

const name = text(1, DEVICE_LIMITS.name);
const optionalName = nullable(text(0, DEVICE_LIMITS.name));
const protocol = integer(1, 1_000_000);
const machineId = text(40, 40, /^[0-9a-f]{40}$/);
const identifier = text(1, 128);
const publicKey = text(43, 43, /^[A-Za-z0-9_-]{43}$/);
const signature = text(86, 86, /^[A-Za-z0-9_-]{86}$/);
const control = oneOf(CONTROLS);
const mode = oneOf(MODES);
const generation = integer(0, LARGEST);

const finding = text(0, DEVICE_LIMITS.finding);

const readiness = object<Readiness>({ state: oneOf(['preparing', 'ready', 'unable']), detail: finding }, {});

const facts = object<DeviceFacts>(
  {
    computerDnsName: name,
    osPlatform: name,
    osVersion: optionalName,
    osProcessor: text(0, DEVICE_LIMITS.name),
    osArchitecture: oneOf(['32-bit', '64-bit']),
    version: optionalName,
    osBuild: nullable(integer(0, LARGEST)),
    agentVersion: name,
    ipAddresses: list(
      object<DeviceFacts['ipAddresses'][number]>(
        {
          ipAddress: text(2, 64),
          macAddress: nullable(text(12, 12, /^[0-9A-Fa-f]{12}$/)),
          type: name,
          operationalStatus: name,
        },
        {},
      ),
      DEVICE_LIMITS.addresses,
    ),
    aadDeviceId: nullable(text(1, 64)),
    hardwareFingerprint: text(64, 64, /^[0-9a-f]{64}$/),
    drivers: list(
      object<DriverFacts>({ control, driver: name, version: optionalName }, { readiness }),
      DEVICE_LIMITS.controls,
    ),
  },
  {},
);

const evidence = object<Evidence>(
  {
    driver: name,
    driverVersion: optionalName,
    checks: list(
      object<Check>({ name, expected: finding, observed: finding, passed: flag }, {}),
      DEVICE_LIMITS.checks,
    ),
    took: table(finite(0, DEVICE_LIMITS.took), DEVICE_LIMITS.phases),
    notes: list(text(0, DEVICE_LIMITS.sentence), DEVICE_LIMITS.notes),
  },
  {},
);

const report = object<Report>(
  {
    kind: oneOf(['accepted', 'outcome', 'drift', 'released']),
    control,
    generation,
    actionId: nullable(identifier),
    sequence: integer(1, LARGEST),
    observed: mode,
    proven: flag,
    undone: flag,
    reason: nullable(text(0, DEVICE_LIMITS.sentence)),
    evidence: nullable(evidence),
  },
  {},
);

const enrolRequest = object<EnrolRequest>(
  { protocol, token: text(1, 1_024), publicKey, facts },
  { replaces: object<NonNullable<EnrolRequest['replaces']>>({ machineId, signature }, {}) },
);

const nonce = text(1, DEVICE_LIMITS.nonce);
const epoch = text(1, 128);

const enrolAnswer = object<EnrolAnswer>(
  { protocol, machineId, tenantId: identifier, serverKey: publicKey, epoch, nonce },
  {},
);

const exchangeRequest = object<ExchangeRequest>(
  {
    protocol,
    machineId,
    // Empty where the device has none in hand, after its start or an interrupted exchange: it asks for one that way.
    nonce: text(0, DEVICE_LIMITS.nonce),
    epoch: text(0, 128),
    known: list(
      object<ExchangeRequest['known'][number]>({ control, generation }, {}),
      DEVICE_LIMITS.controls,
    ),
    reports: list(report, DEVICE_LIMITS.reports),
    waitSeconds: integer(0, DEVICE_LIMITS.waitSeconds),
  },
  { serverKey: publicKey, facts },
);

const desired = object<Desired>(
  { control, mode, generation, actionId: nullable(identifier), status: oneOf(['active', 'settled']) },
  { release: object<Release>({ at: text(1, 64), inSeconds: integer(0, 1e9) }, {}) },
);

const exchangeAnswer = object<ExchangeAnswer>(
  {
    protocol,
    machineId,
    answers: text(0, DEVICE_LIMITS.nonce),
    nonce,
    epoch,
    desired: list(desired, DEVICE_LIMITS.controls),
    received: integer(0, LARGEST),
  },
  { nextServerKey: publicKey },
);

const nonceAnswer = object<NonceAnswer>({ protocol, machineId, nonce }, {});

export const checkDeviceFacts = (input: unknown): Checked<DeviceFacts> => check(facts, input, 'facts');
export const checkReport = (input: unknown): Checked<Report> => check(report, input, 'report');
export const checkDesired = (input: unknown): Checked<Desired> => check(desired, input, 'desired');
export const checkEnrolRequest = (input: unknown): Checked<EnrolRequest> =>
  check(enrolRequest, input, 'request');
export const checkEnrolAnswer = (input: unknown): Checked<EnrolAnswer> => check(enrolAnswer, input, 'answer');
export const checkExchangeRequest = (input: unknown): Checked<ExchangeRequest> =>
  check(exchangeRequest, input, 'request');
export const checkExchangeAnswer = (input: unknown): Checked<ExchangeAnswer> =>
  check(exchangeAnswer, input, 'answer');
export const checkNonceAnswer = (input: unknown): Checked<NonceAnswer> => check(nonceAnswer, input, 'answer');
export type { Checked };
