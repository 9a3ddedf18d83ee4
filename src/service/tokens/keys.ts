import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { instantFrom, millisecondsOf } from '../../contract/time.ts';
import type { ServerKey } from '../../domain/access-records.ts';
import { CordonError } from '../../domain/error.ts';
import type { KeyStore } from '../../store/port.ts';

/** The signature algorithm of the embedded issuer, the one that the vendor's tokens have. */
export const EMBEDDED_ALGORITHM = 'RS256';
const MODULUS_BITS = 2048;

/** The first key signs from the beginning of time, so that processes starting at once agree on one of theirs. */
const BEGINNING = instantFrom(0);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How long a new key is published before it signs: clients keep key sets for a day. */
const PUBLISHED_BEFORE = DAY;
/** How long a key that was followed by another still verifies: a token's life and any skew of clocks. */
const OVERLAP = 2 * HOUR;
/** Age at which a key gets its successor. */
const KEY_AGE = 90 * DAY;
/** An unknown `kid` makes the keys be read again, at most this often: another process may have made one just now. */
const REFRESH_PAUSE = 2000;

interface LoadedKey {
  readonly record: ServerKey;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** The embedded issuer's keys. */
export interface TokenKeys {
  /** The key that signs now. */
  signing(): Promise<{ readonly kid: string; readonly key: CryptoKey }>;
  /** The key of that `kid`, null when there is none or it was retired. */
  verifying(kid: string): Promise<CryptoKey | null>;
  /** Public keys, those that do not sign yet included. */
  publicKeys(): Promise<readonly JWK[]>;
  /** Adds a key that signs a day from now, published at once. */
  rotate(): Promise<string>;
  /** Ends a key at once; tokens that it signed are refused from now on. */
  retire(kid: string): Promise<void>;
  /**
   * To be called from time to time: reads the keys again, lets an old key have its successor, and retires keys whose
   * last token has expired.
   */
  maintain(): Promise<void>;
  /** Calls back whenever a key that may have signed tokens is retired. */
  onRetired(listener: () => void): void;
}

async function load(record: ServerKey): Promise<LoadedKey> {
  const jwk = JSON.parse(record.material) as JWK;
  const publicJwk: JWK = {
    kty: 'RSA',
    n: jwk.n as string,
    e: jwk.e as string,
    kid: record.id,
    use: 'sig',
    alg: EMBEDDED_ALGORITHM,
  };
  return {
    record,
    publicJwk,
    privateKey: (await importJWK(jwk, EMBEDDED_ALGORITHM)) as CryptoKey,
    publicKey: (await importJWK(publicJwk, EMBEDDED_ALGORITHM)) as CryptoKey,
  };
}

/** Keys of the embedded issuer, made in the store when it has none. */
export function createTokenKeys(options: {
  readonly store: Pick<KeyStore, 'serverKeys' | 'addServerKey' | 'retireServerKey'>;
  readonly milliseconds: () => number;
}): TokenKeys {
  const { store, milliseconds } = options;
  const listeners: (() => void)[] = [];
  let keys: ReadonlyMap<string, LoadedKey> = new Map();
  let missedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  async function take(records: readonly ServerKey[]): Promise<void> {
    const known = keys;
    const serving = records.filter((record) => record.purpose === 'token' && record.retiredAt === null);
    const loaded = await Promise.all(serving.map((record) => known.get(record.id) ?? load(record)));
    keys = new Map(loaded.map((key) => [key.record.id, key]));
    if ([...known.keys()].some((kid) => !keys.has(kid))) for (const listener of listeners) listener();
  }

  async function add(activeFrom: string): Promise<string> {
    const { privateKey } = await generateKeyPair(EMBEDDED_ALGORITHM, {
      modulusLength: MODULUS_BITS,
      extractable: true,
    });
    const jwk = await exportJWK(privateKey);
    const id = await calculateJwkThumbprint({ kty: 'RSA', n: jwk.n as string, e: jwk.e as string });
    const createdAt = instantFrom(milliseconds());
    await take(
      await store.addServerKey({
        id,
        purpose: 'token',
        material: JSON.stringify(jwk),
        createdAt,
        activeFrom,
        retiredAt: null,
      }),
    );
    return newest().record.id;
  }

  function newest(): LoadedKey {
    const all = [...keys.values()].sort((a, b) => (a.record.activeFrom < b.record.activeFrom ? 1 : -1));
    if (all[0] === undefined)
      throw new CordonError('ServiceUnavailable', 'The server has no key to sign tokens with.');
    return all[0];
  }

  function active(): LoadedKey | null {
    const instant = instantFrom(milliseconds());
    const all = [...keys.values()].filter((key) => key.record.activeFrom <= instant);
    return all.sort((a, b) => (a.record.activeFrom < b.record.activeFrom ? 1 : -1))[0] ?? null;
  }

  async function read(): Promise<void> {
    const records = await store.serverKeys();
    await take(records);
    if (active() !== null) return;
    await add(records.some((record) => record.purpose === 'token') ? instantFrom(milliseconds()) : BEGINNING);
  }

  function refresh(): Promise<void> {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  }

  /** Reads what is in the store now, not what a reading that began earlier saw. */
  async function refreshAnew(): Promise<void> {
    await reading;
    await refresh();
  }

  /** On whole hours, so that processes that rotate at the same time make one key. */
  function rotate(): Promise<string> {
    return add(instantFrom(Math.ceil((milliseconds() + PUBLISHED_BEFORE) / HOUR) * HOUR));
  }

  async function ready(): Promise<void> {
    if (keys.size === 0) await refresh();
  }

  return {
    async signing() {
      await ready();
      if (active() === null) await refresh();
      const key = active() ?? newest();
      return { kid: key.record.id, key: key.privateKey };
    },
    async verifying(kid) {
      await ready();
      if (!keys.has(kid) && milliseconds() - missedAt >= REFRESH_PAUSE) {
        missedAt = milliseconds();
        await refresh();
      }
      return keys.get(kid)?.publicKey ?? null;
    },
    async publicKeys() {
      await ready();
      return [...keys.values()].map((key) => key.publicJwk);
    },
    async rotate() {
      await ready();
      return rotate();
    },
    async retire(kid) {
      await store.retireServerKey(kid, instantFrom(milliseconds()));
      await refreshAnew();
    },
    async maintain() {
      await refresh();
      const signing = active() ?? newest();
      const since = Math.max(
        millisecondsOf(signing.record.activeFrom),
        millisecondsOf(signing.record.createdAt),
      );
      if (newest() === signing && milliseconds() - since >= KEY_AGE) await rotate();
      if (milliseconds() - since < OVERLAP) return;
      for (const { record } of keys.values()) {
        if (record.activeFrom < signing.record.activeFrom)
          await store.retireServerKey(record.id, instantFrom(milliseconds()));
      }
      await refreshAnew();
    },
    onRetired(listener) {
      listeners.push(listener);
    },
  };
}
