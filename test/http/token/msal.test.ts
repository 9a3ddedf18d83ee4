import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import {
  ConfidentialClientApplication,
  type INetworkModule,
  PublicClientApplication,
} from '@azure/msal-node';
import Fastify from 'fastify';
import { generate } from 'selfsigned';
import { tokenRoutes } from '../../../src/http/token/routes.ts';
import { createDiscovery } from '../../../src/service/tokens/discovery.ts';
import { hashPassword } from '../../../src/service/tokens/secrets.ts';
import { CLIENT_ID, RESOURCE, SECRET, TENANT, type TokenWorld, tokenWorld } from '../../kit/token-world.ts';

interface TlsServer extends AsyncDisposable {
  readonly world: TokenWorld;
  readonly authority: string;
  readonly host: string;
  readonly network: INetworkModule;
}

/** Speaks https with the certificate that the test made, as MSAL accepts nothing else. */
function networkTrusting(ca: string): INetworkModule {
  const call =
    (method: 'GET' | 'POST') =>
    async (url: string, options?: { headers?: Record<string, string>; body?: string }) => {
      const sent = request(url, { method, ca, headers: options?.headers ?? {} });
      sent.end(options?.body);
      const [response] = await once(sent, 'response');
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      return { headers: response.headers, body: JSON.parse(text), status: response.statusCode };
    };
  return { sendGetRequestAsync: call('GET'), sendPostRequestAsync: call('POST') } as INetworkModule;
}

async function tlsServer(): Promise<TlsServer> {
  const names = [{ type: 2 as const, value: 'localhost' }];
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: names }],
  });
  let publicUrl = '';
  const world = await tokenWorld({ publicUrl: () => publicUrl, passwordGrant: true, start: Date.now() });
  const app = Fastify({ https: { cert, key }, routerOptions: { caseSensitive: false } });
  const discovery = createDiscovery({
    store: world.store,
    keys: world.keys,
    publicUrl: () => publicUrl,
    passwordGrant: true,
  });
  const log = { info() {}, warn() {}, error() {} };
  const newId = () => 'b1838e63-40a6-4640-8ddd-2719ac000000';
  await app.register(tokenRoutes, {
    tokens: world.service,
    discovery,
    log,
    newId,
    milliseconds: () => world.now(),
  });
  await app.listen({ host: 'localhost', port: 0 });
  const host = `localhost:${(app.server.address() as AddressInfo).port}`;
  publicUrl = `https://${host}`;
  return {
    world,
    host,
    authority: `${publicUrl}/${TENANT.id}`,
    network: networkTrusting(cert),
    async [Symbol.asyncDispose]() {
      app.server.closeAllConnections();
      await app.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

const client = (server: TlsServer, credential: { clientSecret: string } | { clientCertificate: object }) =>
  new ConfidentialClientApplication({
    auth: {
      clientId: CLIENT_ID,
      authority: server.authority,
      knownAuthorities: [server.host],
      ...credential,
    } as never,
    system: { networkClient: server.network },
  });

const SCOPES = [`${RESOURCE}/.default`];

test('MSAL for Node takes a token with a client secret', async () => {
  await using server = await tlsServer();
  const result = await client(server, { clientSecret: SECRET }).acquireTokenByClientCredential({
    scopes: SCOPES,
  });
  assert.ok(result !== null);
  assert.ok(result.expiresOn !== null && result.expiresOn.getTime() - Date.now() > 3_500_000);
  const caller = await server.world.verifier.verify(`${result.tokenType} ${result.accessToken}`);
  assert.equal(caller.kind, 'application');
});

test('MSAL for Node takes a token with a certificate, by either thumbprint', async () => {
  await using server = await tlsServer();
  const { cert, private: privateKey } = await generate([{ name: 'commonName', value: 'playbook' }], {
    keySize: 2048,
    algorithm: 'sha256',
  });
  await server.world.applications.addKey(TENANT.id, CLIENT_ID, cert);
  const der = new X509Certificate(cert).raw;
  for (const clientCertificate of [
    { privateKey, thumbprintSha256: createHash('sha256').update(der).digest('hex') },
    { privateKey, thumbprint: createHash('sha1').update(der).digest('hex') },
    { privateKey, thumbprintSha256: createHash('sha256').update(der).digest('hex'), x5c: cert },
  ]) {
    const result = await client(server, { clientCertificate }).acquireTokenByClientCredential({
      scopes: SCOPES,
    });
    assert.ok(result !== null);
    assert.equal((await server.world.verifier.verify(`Bearer ${result.accessToken}`)).kind, 'application');
  }
});

test('MSAL for Node understands our refusals', async () => {
  await using server = await tlsServer();
  const wrong = client(server, { clientSecret: 'wrong' }).acquireTokenByClientCredential({ scopes: SCOPES });
  await assert.rejects(wrong, (error: { errorCode?: string; message: string }) => {
    assert.equal(error.errorCode, 'invalid_client');
    assert.match(error.message, /AADSTS7000215/);
    return true;
  });
});

test("MSAL for Node takes a token for an emulator's user", async () => {
  await using server = await tlsServer();
  await server.world.store.createEmulatorUser({
    tenantId: TENANT.id,
    principal: 'responder@cordon.test',
    displayName: 'Responder',
    passwordHash: await hashPassword('password', (length) => new Uint8Array(length)),
  });
  const application = new PublicClientApplication({
    auth: { clientId: CLIENT_ID, authority: server.authority, knownAuthorities: [server.host] },
    system: { networkClient: server.network },
  });
  const result = await application.acquireTokenByUsernamePassword({
    scopes: SCOPES,
    username: 'responder@cordon.test',
    password: 'password',
  });
  assert.ok(result !== null);
  assert.equal((await server.world.verifier.verify(`Bearer ${result.accessToken}`)).kind, 'user');
});
