import { randomBytes, randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { APPLICATION_PERMISSIONS } from '../../src/contract/permissions.ts';
import { instantFrom } from '../../src/contract/time.ts';
import { tokenRoutes } from '../../src/http/token/routes.ts';
import { clockOf } from '../../src/service/clock.ts';
import { type Applications, createApplications } from '../../src/service/tokens/applications.ts';
import { createDiscovery } from '../../src/service/tokens/discovery.ts';
import { createExternalSources } from '../../src/service/tokens/external.ts';
import type { ExternalIssuer } from '../../src/service/tokens/external-config.ts';
import { createFailures, type FailureLimit } from '../../src/service/tokens/failures.ts';
import { createTokenService, type TokenService } from '../../src/service/tokens/grants.ts';
import { createIssuer, type Issuer } from '../../src/service/tokens/issue.ts';
import { createTokenKeys, type TokenKeys } from '../../src/service/tokens/keys.ts';
import { createPasswords } from '../../src/service/tokens/passwords.ts';
import type { ProviderTiming } from '../../src/service/tokens/provider.ts';
import { createVerifier, type Verifier } from '../../src/service/tokens/verify.ts';
import type { Store } from '../../src/store/port.ts';
import { openMemoryStore } from '../../src/store/sqlite/index.ts';
import { checkDescribed } from './described.ts';

export const PUBLIC_URL = 'https://cordon.test';
export const TENANT = { id: '7c1e0d3a-0f0e-4c52-9a4f-3a1d0c6b5e21', name: 'Contoso' } as const;
export const CLIENT_ID = 'c2f0a9b4-5d51-4f7e-8f3d-9e0a7b6c5d43';
export const SECRET = 'the-secret-of-the-test';
export const RESOURCE = 'https://api.securitycenter.microsoft.com';
/** 2026-03-02T09:15:20Z */
export const START = Date.UTC(2026, 2, 2, 9, 15, 20);

export interface TokenWorldOptions {
  readonly publicUrl?: () => string;
  readonly passwordGrant?: boolean;
  readonly failureLimit?: FailureLimit | null;
  readonly issuers?: readonly ExternalIssuer[];
  readonly fetch?: typeof fetch;
  readonly timing?: ProviderTiming;
  /** The real time for clients that have no clock of their own to step. */
  readonly start?: number;
}

/** A server's tokens with one tenant and one application, on a store in memory and a clock that stands still. */
export interface TokenWorld extends AsyncDisposable {
  readonly store: Store;
  readonly keys: TokenKeys;
  readonly issuer: Issuer;
  readonly verifier: Verifier;
  readonly service: TokenService;
  readonly applications: Applications;
  /** Serves the endpoints, without listening. */
  readonly app: FastifyInstance;
  /** Everything that was written to the log, as JSON. */
  readonly logged: string[];
  /** Milliseconds since 1970. */
  now(): number;
  step(milliseconds: number): void;
  /** An Authorization header with a token of the application. */
  bearer(audience?: string): Promise<string>;
}

/** Making a key takes long; tests that are not about it share one. */
let shared: Promise<JWK> | null = null;
async function sharedKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return exportJWK(privateKey);
}

export async function tokenWorld(options: TokenWorldOptions = {}): Promise<TokenWorld> {
  let at = options.start ?? START;
  const milliseconds = () => at;
  const publicUrl = options.publicUrl ?? (() => PUBLIC_URL);
  const store = await openMemoryStore();
  shared ??= sharedKey();
  const jwk = await shared;
  const kid = await calculateJwkThumbprint({ kty: 'RSA', n: jwk.n as string, e: jwk.e as string });
  const beginning = instantFrom(0);
  await store.addServerKey({
    id: kid,
    purpose: 'token',
    material: JSON.stringify(jwk),
    createdAt: instantFrom(at),
    activeFrom: beginning,
    retiredAt: null,
  });
  await store.createTenant({ ...TENANT, createdAt: instantFrom(at) });

  const bytes = (length: number) => randomBytes(length);
  const keys = createTokenKeys({ store, milliseconds });
  const issuer = createIssuer({ publicUrl, keys, milliseconds, bytes });
  const external = createExternalSources({
    issuers: options.issuers ?? [],
    milliseconds,
    fetch: options.fetch ?? fetch,
    ...(options.timing === undefined ? {} : { timing: options.timing }),
  });
  const verifier = createVerifier({ publicUrl, keys, accessStore: store, external, milliseconds });
  const passwordGrant = options.passwordGrant ?? false;
  const failureLimit = options.failureLimit ?? null;
  const failures = createFailures(failureLimit, milliseconds);
  const passwords = passwordGrant ? createPasswords({ store, failures }) : null;
  const service = createTokenService({ store, issuer, publicUrl, milliseconds, passwords, failures });
  const discovery = createDiscovery({ store, keys, publicUrl, passwordGrant });
  const applications = createApplications({
    store,
    clock: clockOf(milliseconds),
    newId: randomUUID,
    bytes,
    changed: verifier.applicationChanged,
  });
  await applications.create({
    tenantId: TENANT.id,
    displayName: 'soar-connector',
    permissions: APPLICATION_PERMISSIONS,
    secretDays: null,
    given: { id: CLIENT_ID, secret: SECRET },
  });

  const logged: string[] = [];
  const write = (fields: object, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`);
  const log = { info: write, warn: write, error: write };
  const app = Fastify({ routerOptions: { caseSensitive: false, maxParamLength: 2048 } });
  app.addHook('onSend', async ({ method, raw }, reply, payload) => {
    reply.header('odata-version', '4.0');
    const headers = new Headers(
      Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]),
    );
    const { statusCode: status } = reply;
    await checkDescribed({ method, target: raw.url ?? '', status, headers, text: String(payload ?? '') });
  });
  await app.register(tokenRoutes, { tokens: service, discovery, log, newId: randomUUID, milliseconds });

  return {
    store,
    keys,
    issuer,
    verifier,
    service,
    applications,
    app,
    logged,
    now: milliseconds,
    step(by) {
      at += by;
    },
    async bearer(audience = RESOURCE) {
      const { application } = await applications.find(TENANT.id, CLIENT_ID);
      const token = await issuer.forApplication(application, 'secret', audience);
      return `Bearer ${token.accessToken}`;
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** The private key that a world signs with, for tokens that it would never issue. */
export async function signingKey(store: Store): Promise<JWK & { kid: string }> {
  const record = (await store.serverKeys()).find((key) => key.purpose === 'token' && key.retiredAt === null);
  if (record === undefined) throw new Error('the world has no key');
  return { ...(JSON.parse(record.material) as JWK), kid: record.id };
}
