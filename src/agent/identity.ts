import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PublicKey } from '../contract/device.ts';
import { writeFileDurably } from './durable-file.ts';
import { AgentError } from './error.ts';
import { newKeyPair, type PrivateKey, publicKeyOf } from './jws.ts';

/** Who this device is, and which server it obeys. */
export interface Identity {
  readonly machineId: string;
  readonly tenantId: string;
  /** Address of the server, without a trailing slash. */
  readonly serverUrl: string;
  /** The server's public key, pinned at enrolment. */
  readonly serverKey: PublicKey;
  /** Made on this device; leaves it never. */
  readonly privateKey: PrivateKey;
}

/** The identity with what a device needs besides to run again. */
export interface StoredIdentity extends Identity {
  readonly version: 1;
  /** PEM file with certificates to trust besides the well-known ones, null for none. */
  readonly caFile: string | null;
  readonly insecureHttp: boolean;
  /** Name of the driver that was chosen at enrolment. */
  readonly driver: string;
  /** Epoch that the server named at enrolment. */
  readonly epoch: string;
}

const IDENTITY_FILE = 'identity.json';
const PENDING_FILE = 'identity.pending.json';

/**
 * Makes the directory that only its owner may enter, where it is missing.
 * @throws AgentError `configuration` when others may write into the one that is there
 */
export async function prepareStateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { mode } = await stat(directory);
  if ((mode & 0o022) !== 0) {
    throw new AgentError(
      'configuration',
      `${directory} may be written by others; take that right away first.`,
    );
  }
}

/**
 * The identity kept in a directory, null when the device was never enrolled.
 * @throws AgentError `configuration` when the file is damaged or of a later version
 */
export async function readIdentity(directory: string): Promise<StoredIdentity | null> {
  const path = join(directory, IDENTITY_FILE);
  const text = await readIfThere(path);
  if (text === null) return null;
  const value = parse(text) as Partial<StoredIdentity> | null;
  if (value?.version !== 1 || FIELDS.some((field) => typeof value[field] !== 'string')) {
    throw new AgentError(
      'configuration',
      `${path} is damaged or of a later version; enrol this device again.`,
    );
  }
  return value as StoredIdentity;
}

const FIELDS = ['machineId', 'tenantId', 'serverUrl', 'serverKey', 'privateKey', 'driver', 'epoch'] as const;

/** Keeps the identity, with mode 0600, in place of the one before; a crash leaves one or the other. */
export async function writeIdentity(directory: string, identity: StoredIdentity): Promise<void> {
  await writeFileDurably(join(directory, IDENTITY_FILE), `${JSON.stringify(identity, null, 2)}\n`);
  await rm(join(directory, PENDING_FILE), { force: true });
}

/**
 * The key for an enrolment. It is kept before it is sent, so that an enrolment whose answer was lost is repeated with
 * the same key.
 */
export async function pendingKey(
  directory: string,
): Promise<{ privateKey: PrivateKey; publicKey: PublicKey }> {
  const path = join(directory, PENDING_FILE);
  const kept = parse((await readIfThere(path)) ?? 'null') as { privateKey?: unknown } | null;
  if (typeof kept?.privateKey === 'string') {
    return { privateKey: kept.privateKey, publicKey: publicKeyOf(kept.privateKey) };
  }
  const pair = newKeyPair();
  await writeFileDurably(path, `${JSON.stringify({ privateKey: pair.privateKey })}\n`);
  return pair;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new AgentError('configuration', `${path} cannot be read.`, { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
