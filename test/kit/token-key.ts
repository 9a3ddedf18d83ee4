import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { instantFrom } from '../../src/contract/time.ts';
import type { KeyStore } from '../../src/store/port.ts';
import { BEGINNING } from './clock.ts';

/** Making an RSA key takes long; the worlds of one test file share one. */
let shared: Promise<JWK> | null = null;
async function makeKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return exportJWK(privateKey);
}

/** Puts a key for access tokens into an empty store; returns the private key with its id. */
export async function sharedTokenKey(store: KeyStore): Promise<JWK & { kid: string }> {
  shared ??= makeKey();
  const jwk = await shared;
  const kid = await calculateJwkThumbprint({ kty: 'RSA', n: jwk.n as string, e: jwk.e as string });
  await store.addServerKey({
    id: kid,
    purpose: 'token',
    material: JSON.stringify(jwk),
    createdAt: instantFrom(BEGINNING),
    activeFrom: instantFrom(0),
    retiredAt: null,
  });
  return { ...jwk, kid };
}
