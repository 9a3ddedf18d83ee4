import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { type PublicKey, replacementText } from '../contract/device.ts';
import { AgentError } from './error.ts';

/** The private half as it is kept: the seed, 32 bytes as base64url. */
export type PrivateKey = string;

/** `typ` of each signed message; one is never taken for another. */
export type MessageType = 'cordon-exchange+jwt' | 'cordon-answer+jwt' | 'cordon-nonce+jwt';

/** Makes an Ed25519 key pair. */
export function newKeyPair(): { privateKey: PrivateKey; publicKey: PublicKey } {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { privateKey: jwk.d as string, publicKey: jwk.x as string };
}

/** DER before the seed of an Ed25519 private key (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @throws AgentError `configuration` when the text is no seed. */
export function importPrivateKey(privateKey: PrivateKey): KeyObject {
  const seed = Buffer.from(privateKey, 'base64url');
  if (seed.length !== 32) throw new AgentError('configuration', 'The private key of this device is damaged.');
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

export function importPublicKey(publicKey: PublicKey): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
}

/** Public half of a private key. */
export function publicKeyOf(privateKey: PrivateKey): PublicKey {
  return createPublicKey(importPrivateKey(privateKey)).export({ format: 'jwk' }).x as string;
}

/** Signature (base64url) by which a machine proves that the key it replaces is its own. */
export function signReplacement(oldKey: PrivateKey, machineId: string, newKey: PublicKey): string {
  const text = Buffer.from(replacementText(machineId, newKey), 'utf8');
  return sign(null, text, importPrivateKey(oldKey)).toString('base64url');
}

/** Signs a payload as JWS compact (RFC 7515) with EdDSA (RFC 8037). */
export function signMessage(type: MessageType, keyId: string, payload: object, key: KeyObject): string {
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: type, kid: keyId })).toString('base64url');
  const input = `${header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  return `${input}.${sign(null, Buffer.from(input, 'ascii'), key).toString('base64url')}`;
}

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/;

/**
 * Payload of a message that this key signed under this type. The algorithm is ours to say, not the header's: anything
 * but EdDSA, and any extension that the header calls critical, is refused.
 * @throws AgentError `untrusted`
 */
export function openMessage(type: MessageType, message: string, key: KeyObject): unknown {
  const parts = COMPACT.exec(message.trim());
  if (parts === null) throw untrusted('is not a signed message');
  const [, header = '', payload = '', signature = ''] = parts;
  const input = Buffer.from(`${header}.${payload}`, 'ascii');
  if (!verify(null, input, key, Buffer.from(signature, 'base64url'))) {
    throw untrusted('is not signed by the server that this device was enrolled with');
  }
  const { alg, typ, crit } = parse(header) as { alg?: unknown; typ?: unknown; crit?: unknown };
  if (alg !== 'EdDSA' || crit !== undefined) throw untrusted('is signed in a way that is not understood');
  if (typ !== type) throw untrusted('is of another type than was asked for');
  return parse(payload);
}

function parse(part: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    throw untrusted('is not JSON', cause);
  }
  throw untrusted('is not a JSON object');
}

function untrusted(problem: string, cause?: unknown): AgentError {
  return new AgentError('untrusted', `The answer ${problem}.`, { cause });
}
