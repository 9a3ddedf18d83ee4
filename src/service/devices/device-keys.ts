import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { PublicKey } from '../../contract/device.ts';
import { type Instant, instantFrom, millisecondsOf } from '../../contract/time.ts';
import type { ServerKey } from '../../domain/access-records.ts';
import { CordonError } from '../../domain/error.ts';
import type { KeyStore } from '../../store/port.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { headerText, signMessage } from './jws.ts';

/** A key of the server that devices pin, without its secret half. */
export interface DeviceKey {
  readonly id: string;
  readonly publicKey: PublicKey;
  readonly createdAt: Instant;
  /** Its place in the order; the newest has the highest. */
  readonly activeFrom: Instant;
}

/** `typ` of what the server signs; the device refuses one in place of the other. */
export type DeviceMessage = 'cordon-answer+jwt' | 'cordon-nonce+jwt';

/**
 * The server's keys of the signed exchange. A device believes the one key that it has pinned, so each is answered with
 * its own, and told the newest under that signature; a key serves until no device has it pinned any more.
 */
export interface DeviceKeys {
  /** The key that devices move to, as far as this process knows. */
  newest(): DeviceKey;
  /** Reads the keys of the store first: what a device pins at its enrolment must not be a key that was revoked. */
  newestNow(): Promise<DeviceKey>;
  /** The key with that id that serves still, null when there is none. */
  named(id: string): DeviceKey | null;
  /**
   * The key that a device has pinned: the one that it says, or the one that is noted of it. Null when the key was
   * revoked, or is not of this store.
   */
  pinned(said: PublicKey | undefined, noted: string): Promise<DeviceKey | null>;
  /** Signs a message for a device that has pinned the key. */
  sign(key: DeviceKey, type: DeviceMessage, payload: object): string;
  /** Makes the key that devices move to from now on; of processes that rotate at once one makes it. */
  rotate(): Promise<DeviceKey>;
  /** Ends a key at once: nothing is signed with it any more, here at once and elsewhere within the next upkeep. */
  revoke(id: string): Promise<void>;
  /** To be called from time to time: reads the keys again, makes a key its successor by age, retires what nobody needs. */
  maintain(): Promise<void>;
}

/** A key that no device has pinned stays this long: a device may be put back to a state from before it moved on. */
export const KEPT_UNUSED = 30 * 24 * 3_600_000;
/** The first key has the first place, so that processes starting at once agree on one of theirs. */
const FIRST_PLACE = instantFrom(0);
const SECOND = 1000;

interface LoadedKey extends DeviceKey {
  readonly privateKey: KeyObject;
}

export interface DeviceKeysDependencies {
  readonly store: Pick<
    KeyStore,
    'serverKeys' | 'addServerKey' | 'retireServerKey' | 'retireUnpinnedServerKey'
  >;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
  /** Milliseconds after which a key gets its successor by itself; null leaves that to an operator. */
  readonly age: number | null;
}

/** Opens the keys of the exchange, making the first at the first start. */
export async function openDeviceKeys(dependencies: DeviceKeysDependencies): Promise<DeviceKeys> {
  const { store, clock, newId, log, age } = dependencies;
  /** Those that serve, oldest first. */
  let keys: readonly LoadedKey[] = [];
  let reading: Promise<void> | null = null;

  const take = (records: readonly ServerKey[]): void => {
    const serving = records.filter(({ purpose, retiredAt }) => purpose === 'device' && retiredAt === null);
    keys = serving
      .map((record) => keys.find(({ id }) => id === record.id) ?? load(record))
      .toSorted((one, other) => (one.activeFrom < other.activeFrom ? -1 : 1));
  };

  const add = async (activeFrom: Instant): Promise<void> => {
    const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
    const id = newId();
    const createdAt = clock.now();
    const material = JSON.stringify(jwk);
    take(
      await store.addServerKey({ id, purpose: 'device', material, createdAt, activeFrom, retiredAt: null }),
    );
    if (named(id) !== null) log.info({ serverKey: id }, 'made a key of the server for devices to pin');
  };

  /** Readings that began earlier are shared; {@link refreshAnew} wants one that begins now. */
  const refresh = (): Promise<void> => {
    reading ??= store
      .serverKeys()
      .then(take)
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  const refreshAnew = async (): Promise<void> => {
    await reading;
    await refresh();
  };

  const newest = (): LoadedKey => {
    const key = keys.at(-1);
    if (key === undefined) throw new CordonError('InternalServerError', 'The store has no device key.');
    return key;
  };
  const named = (id: string): LoadedKey | null => keys.find((key) => key.id === id) ?? null;

  const succeedByAge = async (): Promise<void> => {
    if (age === null) return;
    const { activeFrom, createdAt } = newest();
    // The place follows from the key before, so that processes that notice at the same time make one key.
    const due = Math.max(millisecondsOf(activeFrom), millisecondsOf(createdAt)) + age;
    if (clock.milliseconds() >= due) await add(instantFrom(due));
  };

  const retireUnused = async (): Promise<void> => {
    const before = clock.milliseconds() - KEPT_UNUSED;
    for (const [index, key] of keys.slice(0, -1).entries()) {
      const successor = keys[index + 1];
      if (successor === undefined || millisecondsOf(successor.createdAt) > before) continue;
      if (await store.retireUnpinnedServerKey(key.id, clock.now()))
        log.info({ serverKey: key.id }, 'retired a key of the server that no device has pinned any more');
    }
  };

  await refresh();
  if (keys.length === 0) await add(FIRST_PLACE);

  return {
    newest,
    async newestNow() {
      await refreshAnew();
      return newest();
    },
    named,
    async pinned(said, noted) {
      const find = () =>
        said === undefined ? named(noted) : (keys.find(({ publicKey }) => publicKey === said) ?? null);
      const known = find();
      if (known !== null) return known;
      await refreshAnew();
      return find();
    },
    sign(key, type, payload) {
      const loaded = named(key.id);
      if (loaded === null) throw new CordonError('ServiceUnavailable', 'The key was revoked meanwhile.');
      return signMessage(headerText(type, loaded.publicKey.slice(0, 16)), payload, loaded.privateKey);
    },
    async rotate() {
      await refreshAnew();
      // Whole seconds make one key of those that are asked for at once; always after the newest, whatever the clock says.
      const second = Math.floor(clock.milliseconds() / SECOND) * SECOND;
      await add(instantFrom(Math.max(second, millisecondsOf(newest().activeFrom) + SECOND)));
      return newest();
    },
    async revoke(id) {
      await store.retireServerKey(id, clock.now());
      await refreshAnew();
    },
    async maintain() {
      await refreshAnew();
      await succeedByAge();
      await retireUnused();
      await refreshAnew();
    },
  };
}

function load({ id, material, createdAt, activeFrom }: ServerKey): LoadedKey {
  const jwk = JSON.parse(material) as { kty: 'OKP'; crv: 'Ed25519'; x: string; d: string };
  return {
    id,
    publicKey: jwk.x,
    createdAt,
    activeFrom,
    privateKey: createPrivateKey({ key: jwk, format: 'jwk' }),
  };
}
