/**
 * A puppet device: speaks the device exchange by hand over real HTTP, one message per call, so that a test of the
 * server can say exactly what a device does, the wrong things too. Written against the contract with `jose`, apart
 * from the agent's own code, so that an error there is not mirrored here.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import {
  type Control,
  DEVICE_PROTOCOL,
  type Desired,
  type DeviceFacts,
  ENROL_PATH,
  type EnrolAnswer,
  type EnrolRequest,
  type Evidence,
  EXCHANGE_PATH,
  type ExchangeAnswer,
  type ExchangeRequest,
  type Mode,
  type NonceAnswer,
  type PublicKey,
  type Report,
} from '../../src/contract/device.ts';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: PublicKey;
}

export function newKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: publicKey.export({ format: 'jwk' }).x as string };
}

/** Facts of a Linux device with a simulated driver; the fingerprint follows from the name. */
export function deviceFacts(name = 'ws-test.cordon.test', changes: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    computerDnsName: name,
    osPlatform: 'Linux',
    osVersion: '6.12.0',
    osProcessor: 'x64',
    osArchitecture: '64-bit',
    version: '13',
    osBuild: null,
    agentVersion: '0.1.0',
    ipAddresses: [
      { ipAddress: '10.20.0.42', macAddress: '02005E100001', type: 'Ethernet', operationalStatus: 'Up' },
    ],
    aadDeviceId: null,
    hardwareFingerprint: createHash('sha256').update(name).digest('hex'),
    drivers: [{ control: 'codeExecution', driver: 'simulated', version: null }],
    ...changes,
  };
}

/** Evidence with one check that passed, or failed. */
export function someEvidence(passed = true, changes: Partial<Evidence> = {}): Evidence {
  return {
    driver: 'simulated',
    driverVersion: null,
    checks: [
      {
        name: 'untrusted program as another user',
        expected: 'refused',
        observed: passed ? 'refused' : 'ran',
        passed,
      },
    ],
    took: { apply: 1, verify: 1 },
    notes: ['puppet device'],
    ...changes,
  };
}

/** An answer of the exchange as it came; exactly one of the last three is not null. */
export interface Exchanged {
  readonly status: number;
  readonly headers: Headers;
  /** Verified: signed by the pinned key, for this machine, to this message. */
  readonly answer: ExchangeAnswer | null;
  /** A demand for a fresh nonce that was not followed (`repeat: false`, or too many in a row). */
  readonly nonceAnswer: NonceAnswer | null;
  readonly error: { code: string; message: string; target: string } | null;
}

/** What to say in an exchange; anything left out is what an honest device would say. */
export interface ExchangeOptions {
  readonly reports?: readonly Report[];
  readonly known?: ExchangeRequest['known'];
  readonly waitSeconds?: number;
  readonly facts?: DeviceFacts;
  readonly nonce?: string;
  readonly epoch?: string;
  readonly protocol?: number;
  /** The pinned key that the device says it has; null says nothing, as agents of before. */
  readonly serverKey?: PublicKey | null;
  /** Keep the key that is pinned, as a device does that loses the answer. */
  readonly losesAnswer?: boolean;
  /** Machine named in the payload. */
  readonly machineId?: string;
  /** Machine named in the header. */
  readonly keyId?: string;
  readonly signWith?: KeyObject;
  readonly type?: string;
  /** Sent in place of the signed message. */
  readonly raw?: string;
  readonly contentType?: string;
  /** Follow a demand for a fresh nonce; true unless a nonce or a raw body is given. */
  readonly repeat?: boolean;
  readonly signal?: AbortSignal;
}

export interface ReportChanges extends Partial<Report> {}

export interface PuppetDevice {
  readonly key: KeyPair;
  /** Set by `enrol`. */
  readonly machineId: string;
  readonly tenantId: string;
  readonly serverKey: PublicKey;
  readonly epoch: string;
  /** For the next exchange; '' when there is none in hand. */
  readonly nonce: string;
  /** Newest order by control, as the last answers said. */
  readonly desired: readonly Desired[];
  /** Enrols and pins the server's key. @throws Error when the server refuses; see `tryEnrol`. */
  enrol(request: {
    token: string;
    facts?: DeviceFacts;
    replaces?: EnrolRequest['replaces'];
  }): Promise<EnrolAnswer>;
  /** Sends any body to the enrolment; nothing is remembered. */
  tryEnrol(body: unknown): Promise<{ status: number; body: unknown; headers: Headers }>;
  exchange(options?: ExchangeOptions): Promise<Exchanged>;
  /** Long-polls, as often as needed within the limit, until an order is there that was not known. */
  next(options?: { control?: Control; waitSeconds?: number; attempts?: number }): Promise<Desired>;
  /** The report that an order was recorded and will be carried out. */
  accept(desired: Desired, changes?: ReportChanges): Promise<ExchangeAnswer>;
  /** The report that the wanted mode is in force and proven. */
  prove(desired: Desired, changes?: ReportChanges): Promise<ExchangeAnswer>;
  /** The report that the order failed; undone unless the changes say otherwise. */
  fail(desired: Desired, changes?: ReportChanges): Promise<ExchangeAnswer>;
  /** The report that a proven restriction was found undone. */
  drift(desired: Desired, changes?: ReportChanges): Promise<ExchangeAnswer>;
  /** The report that the time of a restriction was over and the device has released by itself, proven. */
  releaseByItself(desired: Desired, changes?: ReportChanges): Promise<ExchangeAnswer>;
  /** Waits for an order, accepts and proves it. */
  obey(options?: { waitSeconds?: number }): Promise<Desired>;
  /** Builds a report with the next sequence, without sending it. */
  report(kind: Report['kind'], desired: Desired, changes?: ReportChanges): Report;
  /** Signature of this device's key over another public key, for `replaces`. */
  signReplacement(publicKey: PublicKey): string;
}

/** A device that is not enrolled yet. `fetch` may be replaced for servers with their own certificate. */
export function createPuppetDevice(options: {
  serverUrl: string;
  key?: KeyPair;
  /** Who it is already, in place of an enrolment. */
  enrolled?: Pick<EnrolAnswer, 'machineId' | 'tenantId' | 'serverKey'>;
  fetch?: typeof globalThis.fetch;
}): PuppetDevice {
  const { serverUrl, key = newKeyPair(), fetch = globalThis.fetch } = options;
  let enrolled = options.enrolled ?? null;
  let nonce = '';
  let epoch = '';
  let sequence = 0;
  let desired: Desired[] = [];

  const identity = () => {
    if (enrolled === null) throw new Error('The puppet device is not enrolled.');
    return enrolled;
  };

  const signed = async (request: ExchangeRequest, { keyId, signWith, type }: ExchangeOptions) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(request)))
      .setProtectedHeader({
        alg: 'EdDSA',
        typ: type ?? 'cordon-exchange+jwt',
        kid: keyId ?? request.machineId,
      })
      .sign(signWith ?? key.privateKey);

  const opened = async (message: string, type: string): Promise<unknown> => {
    const server = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: identity().serverKey },
      format: 'jwk',
    });
    const { payload, protectedHeader } = await compactVerify(message, server, { algorithms: ['EdDSA'] });
    if (protectedHeader.typ !== type)
      throw new Error(`The answer is a ${protectedHeader.typ}, not a ${type}.`);
    return JSON.parse(new TextDecoder().decode(payload));
  };

  const once = async (exchangeOptions: ExchangeOptions): Promise<Exchanged> => {
    const { facts } = exchangeOptions;
    const request: ExchangeRequest = {
      protocol: exchangeOptions.protocol ?? DEVICE_PROTOCOL,
      machineId: exchangeOptions.machineId ?? identity().machineId,
      nonce: exchangeOptions.nonce ?? nonce,
      epoch: exchangeOptions.epoch ?? epoch,
      known: exchangeOptions.known ?? desired.map(({ control, generation }) => ({ control, generation })),
      reports: [...(exchangeOptions.reports ?? [])],
      ...(facts === undefined ? {} : { facts }),
      ...(exchangeOptions.serverKey === null
        ? {}
        : { serverKey: exchangeOptions.serverKey ?? identity().serverKey }),
      waitSeconds: exchangeOptions.waitSeconds ?? 0,
    };
    if (exchangeOptions.nonce === undefined) nonce = '';
    const response = await fetch(`${serverUrl}${EXCHANGE_PATH}`, {
      method: 'POST',
      headers: { 'content-type': exchangeOptions.contentType ?? 'application/jose' },
      body: exchangeOptions.raw ?? (await signed(request, exchangeOptions)),
      signal: exchangeOptions.signal ?? null,
    });
    const { status, headers } = response;
    const text = await response.text();
    const nothing = { status, headers, answer: null, nonceAnswer: null, error: null };
    if (!headers.get('content-type')?.startsWith('application/jose')) {
      return { ...nothing, error: (JSON.parse(text) as { error: Exchanged['error'] }).error };
    }
    if (status === 401) {
      const nonceAnswer = (await opened(text, 'cordon-nonce+jwt')) as NonceAnswer;
      nonce = nonceAnswer.nonce;
      return { ...nothing, nonceAnswer };
    }
    const answer = (await opened(text, 'cordon-answer+jwt')) as ExchangeAnswer;
    if (answer.machineId !== request.machineId) throw new Error('The answer is for another machine.');
    if (answer.answers !== request.nonce) throw new Error('The answer is to another message.');
    if (exchangeOptions.losesAnswer === true) return { ...nothing, answer };
    nonce = answer.nonce;
    epoch = answer.epoch;
    desired = answer.desired;
    if (answer.nextServerKey !== undefined) enrolled = { ...identity(), serverKey: answer.nextServerKey };
    return { ...nothing, answer };
  };

  const exchange = async (exchangeOptions: ExchangeOptions = {}): Promise<Exchanged> => {
    const repeat =
      exchangeOptions.repeat ?? (exchangeOptions.nonce === undefined && exchangeOptions.raw === undefined);
    for (let attempt = 0; ; attempt += 1) {
      const result = await once(exchangeOptions);
      if (result.nonceAnswer === null || !repeat || attempt === 3) return result;
    }
  };

  const tryEnrol = async (body: unknown) => {
    const response = await fetch(`${serverUrl}${ENROL_PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : (JSON.parse(text) as unknown),
    };
  };

  const report = (kind: Report['kind'], order: Desired, changes: ReportChanges = {}): Report => {
    sequence += 1;
    const { control, generation, actionId } = order;
    const observed: Mode = 'unmanaged';
    const plain = { observed, proven: false, undone: false, reason: null, evidence: null };
    return { kind, control, generation, actionId, sequence, ...plain, ...changes };
  };

  const send = async (one: Report): Promise<ExchangeAnswer> => {
    const { answer, error, status } = await exchange({ reports: [one] });
    if (answer === null) throw new Error(`The server answered ${status} ${error?.code}: ${error?.message}`);
    return answer;
  };

  const device: PuppetDevice = {
    key,
    get machineId() {
      return identity().machineId;
    },
    get tenantId() {
      return identity().tenantId;
    },
    get serverKey() {
      return identity().serverKey;
    },
    get epoch() {
      return epoch;
    },
    get nonce() {
      return nonce;
    },
    get desired() {
      return desired;
    },
    async enrol({ token, facts = deviceFacts(), replaces }) {
      const request: EnrolRequest = {
        protocol: DEVICE_PROTOCOL,
        token,
        publicKey: key.publicKey,
        facts,
        ...(replaces === undefined ? {} : { replaces }),
      };
      const { status, body } = await tryEnrol(request);
      if (status !== 201) throw new Error(`The enrolment was answered ${status}: ${JSON.stringify(body)}`);
      const answer = body as EnrolAnswer;
      enrolled = answer;
      ({ nonce, epoch } = answer);
      return answer;
    },
    tryEnrol,
    exchange,
    async next({ control = 'codeExecution', waitSeconds = 5, attempts = 4 } = {}) {
      const known = desired.find((one) => one.control === control)?.generation ?? 0;
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const { error, status } = await exchange({ waitSeconds });
        if (error !== null) throw new Error(`The server answered ${status} ${error.code}: ${error.message}`);
        const order = desired.find((one) => one.control === control);
        if (order !== undefined && order.generation > known) return order;
      }
      throw new Error(`No new order of ${control} came.`);
    },
    accept: (order, changes) => send(report('accepted', order, changes)),
    prove: (order, changes) =>
      send(
        report('outcome', order, {
          observed: order.mode,
          proven: true,
          evidence: someEvidence(),
          ...changes,
        }),
      ),
    fail: (order, changes) =>
      send(
        report('outcome', order, {
          undone: true,
          reason: 'puppet failed',
          evidence: someEvidence(false),
          ...changes,
        }),
      ),
    drift: (order, changes) => send(report('drift', order, { reason: 'puppet drifted', ...changes })),
    releaseByItself: (order, changes) =>
      send(
        report('released', order, {
          observed: 'unrestricted',
          proven: true,
          evidence: someEvidence(),
          ...changes,
        }),
      ),
    async obey(nextOptions) {
      const order = await device.next(nextOptions);
      await device.accept(order);
      await device.prove(order);
      return order;
    },
    report,
    signReplacement: (publicKey) => {
      const text = `cordon key replacement\n${identity().machineId}\n${publicKey}`;
      return sign(null, Buffer.from(text, 'utf8'), key.privateKey).toString('base64url');
    },
  };
  return device;
}
