import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { CompactSign } from 'jose';
import { CordonError } from '../../domain/error.ts';
import type { KeyStore } from '../../store/port.ts';
import type { Clock } from '../clock.ts';

/** The server's side of the signed exchange. */
export interface DeviceKeys {
  /** Public half of the key that signs now; devices pin it at enrolment. */
  readonly publicKey: string;
  /** The store's epoch: generations count within it. */
  readonly epoch: string;
  readonly nonceSecret: Buffer;
  /** Signs a message for a device. */
  sign(type: DeviceMessage, payload: object): Promise<string>;
}

/** `typ` of what the server signs; the device refuses one in place of the other. */
export type DeviceMessage = 'cordon-answer+jwt' | 'cordon-nonce+jwt';

interface Ed25519Jwk {
  kty: 'OKP';
  crv: 'Ed25519';
  x: string;
  d: string;
}

/**
 * Reads the keys of the exchange, making them at the first start. Concurrent starts agree, because the store keeps
 * the first.
 */
export async function openDeviceKeys(
  store: KeyStore,
  clock: Clock,
  newId: () => string,
): Promise<DeviceKeys> {
  const signing = await keyOf(store, clock, newId, 'device', () =>
    generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  );
  const nonce = await keyOf(store, clock, newId, 'nonce', () => ({
    secret: randomBytes(32).toString('base64url'),
  }));
  const jwk = JSON.parse(signing) as Ed25519Jwk;
  const privateKey: KeyObject = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
  const encoder = new TextEncoder();
  return {
    publicKey: jwk.x,
    epoch: await store.settle('epoch', newId()),
    nonceSecret: Buffer.from((JSON.parse(nonce) as { secret: string }).secret, 'base64url'),
    sign: (type, payload) =>
      new CompactSign(encoder.encode(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'EdDSA', typ: type, kid: jwk.x.slice(0, 16) })
        .sign(privateKey),
  };
}

async function keyOf(
  store: KeyStore,
  clock: Clock,
  newId: () => string,
  purpose: 'device' | 'nonce',
  make: () => object,
): Promise<string> {
  const present = (await store.serverKeys()).find((key) => key.purpose === purpose && key.retiredAt === null);
  if (present !== undefined) return present.material;
  const at = clock.now();
  const kept = await store.addServerKey({
    id: newId(),
    purpose,
    material: JSON.stringify(make()),
    createdAt: at,
    activeFrom: '1970-01-01T00:00:00.0000000Z',
    retiredAt: null,
  });
  const key = kept.find((candidate) => candidate.purpose === purpose && candidate.retiredAt === null);
  if (key === undefined) throw new CordonError('InternalServerError', `The store kept no ${purpose} key.`);
  return key.material;
}
