import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { after, before } from 'node:test';
import { templateOf } from '../../src/contract/openapi/path.ts';
import { UNSUPPORTED_OPERATIONS } from '../../src/contract/vendor-unsupported.ts';
import { refused } from '../kit/reply.ts';
import { request, sendRaw } from '../kit/wire.ts';
import { startWorld, type World } from '../kit/world.ts';

let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world[Symbol.asyncDispose]());

const open = (path: string, headers: Record<string, string> = {}) =>
  world.call('GET', path, { token: null, headers });

test('the description is served without a token, names this server, and may be kept for minutes', async () => {
  const reply = await open('/openapi.json');
  assert.equal(reply.status, 200);
  assert.equal(reply.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.equal(reply.headers.get('cache-control'), 'public, max-age=300');
  const { openapi, servers, components } = reply.json<{
    openapi: string;
    servers: object[];
    components: { securitySchemes: { application: { flows: { clientCredentials: { tokenUrl: string } } } } };
  }>();
  assert.match(openapi, /^3\.1\./);
  assert.deepEqual(servers, [{ url: world.url }]);
  const { tokenUrl } = components.securitySchemes.application.flows.clientCredentials;
  assert.equal(tokenUrl, `${world.url}/{tenant}/oauth2/v2.0/token`, 'which tenants there are is not told');
});

test('it comes compressed to those who take gzip, and plain to all others', async () => {
  const ask = (accepted: string) =>
    sendRaw(world.url, request('GET /reference/start.js', { 'accept-encoding': accepted }));
  for (const accepted of ['gzip', 'br, gzip', 'gzip;q=1.0, br;q=0.5', 'gzip;q=0.1', '*'])
    assert.equal((await ask(accepted)).headers.get('content-encoding'), 'gzip', accepted);
  for (const accepted of ['br', 'gzip;q=0', 'br, gzip;q=0.0', 'gzipped', 'identity', '']) {
    const reply = await ask(accepted);
    assert.equal(reply.headers.get('content-encoding'), null, accepted);
    assert.ok(reply.text.includes('createApiReference'), accepted);
  }
});

test('the page lets no script, style or call come from elsewhere', async () => {
  const page = await open('/reference');
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy') ?? '';
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
  ])
    assert.ok(policy.includes(rule), rule);
  assert.doesNotMatch(policy, /https?:|\*|unsafe-eval|script-src[^;]*unsafe/);
  assert.doesNotMatch(page.text, /https?:\/\//);
  assert.doesNotMatch((await open('/reference/start.js')).text, /https?:\/\//);
});

test('the bundle of the page is the one that was looked at', async () => {
  const reply = await fetch(`${world.url}/reference/scalar.js`, {
    headers: { 'accept-encoding': 'identity' },
  });
  assert.equal(reply.headers.get('content-type'), 'text/javascript; charset=utf-8');
  const bundle = Buffer.from(await reply.arrayBuffer());
  assert.equal(createHash('sha256').update(bundle).digest('hex'), BUNDLE);
});

/** SHA-256 of the bundle that `npm run reference` fetches. */
const BUNDLE = 'bf091006bdc3af6067af77c2f534812e3e633e94a94e87138069f570f33b762c';

test('an operation of the vendor that Cordon does not have is refused as the table says', async () => {
  for (const { method, path, summary, answer } of UNSUPPORTED_OPERATIONS) {
    const address = `/api${path.replace(':arguments', 'index=0').replace(/:\w+/g, 'b'.repeat(40))}`;
    for (const at of [address, address.toUpperCase().replace('/API', '/api/v1.0')]) {
      const reply = await world.call(method, at, method === 'GET' ? {} : { body: { Comment: 'why' } });
      const message = refused(reply, answer);
      if (answer === 'NotFound') assert.ok(message.includes(summary), `${templateOf(path)}: ${message}`);
    }
  }
});
