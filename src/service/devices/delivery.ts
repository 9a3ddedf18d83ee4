import {
  DEVICE_PROTOCOL,
  type Desired,
  type ExchangeAnswer,
  type ExchangeRequest,
  type NonceAnswer,
} from '../../contract/device.ts';
import { checkExchangeRequest } from '../../contract/device-check.ts';
import { wireTime } from '../../contract/time.ts';
import type { Device } from '../../domain/access-records.ts';
import { CordonError } from '../../domain/error.ts';
import type { ActionStore, ControlStore, DeviceStore, MachineStore } from '../../store/port.ts';
import type { Timeouts } from '../actions.ts';
import { notFound } from '../actions.ts';
import type { Clock } from '../clock.ts';
import type { Hints } from '../hints.ts';
import type { Log } from '../log.ts';
import type { Machines } from '../machines.ts';
import type { TimedReleases } from '../timed-releases.ts';
import type { DeviceKey, DeviceKeys } from './device-keys.ts';
import { epochOf, isAhead } from './epoch.ts';
import { readMessage, type Unproven } from './jws.ts';
import type { Nonces } from './nonces.ts';
import type { Presence } from './presence.ts';
import { createReports } from './reports.ts';
import { createReturn } from './return.ts';
import type { Watch } from './watch.ts';

export interface DeliveryDependencies {
  readonly store: ActionStore & ControlStore & DeviceStore & MachineStore;
  readonly machines: Machines;
  readonly keys: DeviceKeys;
  /** The store's epoch. */
  readonly epoch: string;
  readonly nonces: Nonces;
  readonly hints: Hints;
  readonly watch: Watch;
  readonly presence: Presence;
  readonly releases: TimedReleases;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Aborts when the server stops: nothing waits any more. */
  readonly stopping: AbortSignal;
  /** True where other processes take the devices of one that stops; else they are told when to come back. */
  readonly elsewhere: boolean;
  readonly log: Log;
  readonly timeouts: (machine: { computerDnsName: string | null }) => Timeouts;
}

/** What the channel sends back: an answer, the demand to repeat with a fresh nonce, or when to come back. */
export type Exchanged =
  | { readonly kind: 'answer' | 'nonce'; readonly jws: string }
  | { readonly kind: 'stopping'; readonly retryAfter: number };

export type Delivery = ReturnType<typeof createDelivery>;

/** The protocol numbers that the server understands: its own and the one before. */
const PROTOCOLS: readonly number[] = [DEVICE_PROTOCOL];

/** One exchange with a device: its reports are taken in, and it learns what is wanted of it. */
export function createDelivery(dependencies: DeliveryDependencies) {
  const { store, machines, keys, nonces, hints, watch, presence, releases } = dependencies;
  const { clock, stopping, elsewhere, log, newId } = dependencies;
  const installation = dependencies.epoch;
  const reports = createReports(dependencies);
  const comeBack = createReturn();

  const nonceAnswer = (machineId: string, key: DeviceKey): Exchanged => {
    const payload: NonceAnswer = { protocol: DEVICE_PROTOCOL, machineId, nonce: nonces.issue(machineId) };
    return { kind: 'nonce', jws: keys.sign(key, 'cordon-nonce+jwt', payload) };
  };

  /** The key that this device believes. @throws CordonError `DisallowedOperation` when nothing is signed with it */
  const keyOf = async (device: Device, request: ExchangeRequest): Promise<DeviceKey> => {
    const key = await keys.pinned(request.serverKey, device.serverKeyId);
    if (key === null) throw strandedBy(request.serverKey);
    return key;
  };

  /** Notes which key the device has pinned, where it says another than is noted. Only a fresh message may say so. */
  const notePinned = async (device: Device, request: ExchangeRequest, key: DeviceKey): Promise<Device> => {
    if (request.serverKey === undefined || key.id === device.serverKeyId) return device;
    await store.pinServerKey(device.machineId, device.serverKeyId, key.id);
    log.info({ machine: device.machineId, serverKey: key.id }, 'the device has pinned another server key');
    return { ...device, serverKeyId: key.id };
  };

  const desiredOf = async (device: Device): Promise<Desired[]> => {
    const states = await store.controls(device.tenantId, device.machineId);
    return Promise.all(
      states.map(async (state): Promise<Desired> => {
        const { control, mode, generation, actionId, active, releaseAt } = state;
        const left = await releases.left(state);
        return {
          control,
          mode,
          generation,
          actionId,
          status: active ? 'active' : 'settled',
          ...(releaseAt === null || left === null
            ? {}
            : { release: { at: wireTime(releaseAt), inSeconds: Math.ceil(left / 1000) } }),
        };
      }),
    );
  };

  /** The device, in a new epoch of its own when it is ahead of a store that was restored. */
  const caughtUp = async (device: Device, request: ExchangeRequest): Promise<Device> => {
    if (request.known.length === 0 || request.epoch !== epochOf(installation, device)) return device;
    if (!isAhead(request, await store.controls(device.tenantId, device.machineId))) return device;
    const epoch = newId();
    await store.renewEpoch(device.machineId, device.epoch, epoch);
    log.warn(
      { machine: device.machineId },
      'the device is ahead of this store, which was restored; it begins a new epoch',
    );
    return (await store.device(device.machineId)) ?? device;
  };

  /**
   * What is wanted, at once when the device does not know it yet, else when it changes or the wait is over. Null when the
   * device would have to wait for a server that stops, and has no other.
   */
  const desiredWithin = async (
    device: Device,
    request: ExchangeRequest,
    signal: AbortSignal,
  ): Promise<Desired[] | null> => {
    const listening = hints.listen(device.machineId);
    let forget = () => {};
    try {
      const desired = await desiredOf(device);
      const waits = request.waitSeconds > 0 && request.reports.length === 0;
      if (!waits || hasNews(desired, request, epochOf(installation, device))) return desired;
      if (stopping.aborted) return elsewhere ? desired : null;
      forget = watch.expect(device, desired);
      await listening.news(request.waitSeconds * 1000, signal);
      if (stopping.aborted && !elsewhere) return null;
      // Nobody hears the answer to a call that was hung up, and the store may be closing.
      return signal.aborted ? desired : desiredOf(device);
    } finally {
      forget();
      listening.close();
    }
  };

  /** Reports of another epoch count generations that this store never had; they are received and mean nothing. */
  const take = async (device: Device, request: ExchangeRequest): Promise<number> => {
    const fresh = request.reports
      .filter((report) => report.sequence > device.lastSequence)
      .toSorted((one, other) => one.sequence - other.sequence);
    if (request.epoch === epochOf(installation, device))
      for (const report of fresh) await reports.accept(device, report);
    const last = fresh.at(-1)?.sequence ?? device.lastSequence;
    if (last > device.lastSequence) await store.received(device.machineId, last);
    return last;
  };

  /**
   * Answers a signed request (JWS compact). The signal ends a wait early when the device hung up.
   * @throws CordonError `BadRequest`, `Unauthorized`, `ResourceNotFound`
   */
  const exchange = async (
    jws: string,
    externalAddress: string | null,
    signal: AbortSignal,
  ): Promise<Exchanged> => {
    const message = unproven(jws);
    const sender = await deviceOf(store, message);
    const request = verified(message, sender);
    const pinned = await keyOf(sender, request);
    if (!nonces.use(request.nonce, sender.machineId)) return nonceAnswer(sender.machineId, pinned);
    const device = await caughtUp(await notePinned(sender, request, pinned), request);
    presence.seen(device.tenantId, device.machineId, clock.now(), externalAddress);
    if (request.facts !== undefined) await machines.learn(device.tenantId, device.machineId, request.facts);
    const received = await take(device, request);
    const desired = await desiredWithin(device, request, signal);
    if (desired === null) return { kind: 'stopping', retryAfter: comeBack() };
    const answer: ExchangeAnswer = {
      protocol: DEVICE_PROTOCOL,
      machineId: device.machineId,
      answers: request.nonce,
      nonce: nonces.issue(device.machineId),
      epoch: epochOf(installation, device),
      desired,
      received,
      ...nextServerKey(request, keys.newest()),
    };
    // Looked up once more: the key may have been revoked while the answer was held.
    return {
      kind: 'answer',
      jws: keys.sign(await keyOf(device, request), 'cordon-answer+jwt', answer),
    };
  };

  return { exchange };
}

/** What tells a device to move on: nothing when it has the newest, or is of before and does not say what it has. */
function nextServerKey(request: ExchangeRequest, newest: DeviceKey): Pick<ExchangeAnswer, 'nextServerKey'> {
  const { serverKey } = request;
  return serverKey === undefined || serverKey === newest.publicKey ? {} : { nextServerKey: newest.publicKey };
}

/** Seconds that a device waits which only a person at it can help. */
const STRANDED_PAUSE = 60;

function strandedBy(serverKey: string | undefined): CordonError {
  const which = serverKey === undefined ? '' : ` ${serverKey.slice(0, 16)}…`;
  return new CordonError(
    'DisallowedOperation',
    `The server key${which} that this device has pinned was revoked or is unknown here; enrol the device again.`,
    { retryAfter: STRANDED_PAUSE },
  );
}

function unproven(jws: string): Unproven {
  const message = readMessage(jws);
  if (message === null) throw new CordonError('BadRequest', 'The exchange is not a signed message.');
  return message;
}

async function deviceOf(store: DeviceStore, { keyId }: Unproven): Promise<Device> {
  if (typeof keyId !== 'string') throw new CordonError('BadRequest', 'The signed message names no machine.');
  const device = await store.device(keyId);
  if (device === null) throw notFound('Machine', keyId);
  return device;
}

/** What the device said, once its signature is proven. */
function verified(message: Unproven, device: Device): ExchangeRequest {
  const payload = message.open(device.publicKey, 'cordon-exchange+jwt');
  if ('refused' in payload) {
    const cause = new Error(payload.refused);
    throw new CordonError('Unauthorized', 'The signature is not of the key that this machine enrolled.', {
      cause,
    });
  }
  const checked = checkExchangeRequest(parsed(payload));
  if (!checked.ok)
    throw new CordonError('BadRequest', `The exchange is not understood: ${checked.faults.join('; ')}.`);
  const request = checked.value;
  if (!PROTOCOLS.includes(request.protocol)) {
    throw new CordonError(
      'BadRequest',
      `Protocol ${request.protocol} is not understood; this server speaks ${DEVICE_PROTOCOL}.`,
    );
  }
  if (request.machineId !== device.machineId) {
    throw new CordonError('Unauthorized', 'The message names another machine than its signature.');
  }
  return request;
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw new CordonError('BadRequest', 'The exchange is not JSON.', { cause });
  }
}

/** True when the device does not know the present generation of some control. */
function hasNews(desired: readonly Desired[], request: ExchangeRequest, epoch: string): boolean {
  return (
    request.epoch !== epoch ||
    desired.some(
      (wanted) =>
        (request.known.find((known) => known.control === wanted.control)?.generation ?? 0) !==
        wanted.generation,
    )
  );
}
