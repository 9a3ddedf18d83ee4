import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { WireSession, WireSignIn } from '../../../src/contract/console.ts';
import { OPERATIONS } from '../../../src/contract/operations.ts';
import { FAILURE_LIMIT } from '../../../src/service/tokens/failures.ts';
import {
  COOKIE,
  cookieSet,
  linkCode,
  SAME_ORIGIN,
  signInByLink,
  signInByPassword,
  trySignIn,
} from '../../kit/console.ts';
import { refused, succeeded } from '../../kit/reply.ts';
import { PASSWORD, startWorld, TENANT } from '../../kit/world.ts';

const ANA = 'ana@cordon.test';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('signing in', () => {
  test('anybody may ask how, and learns nothing else', async () => {
    await using world = await startWorld();
    const ways = succeeded<WireSignIn>(await world.call('GET', '/cordon/v1/signin', { token: null }));
    assert.deepEqual(ways, { methods: ['password', 'link'], tenant: null, emulator: true });
  });

  test('by a link as the local administrator, who may do everything and is named in the history', async () => {
    await using world = await startWorld();
    const browser = await signInByLink(world);
    const { csrfToken, expiresAt, idleUntil, allowed, rolePermissions, ...rest } = browser.session;
    assert.deepEqual(rest, {
      kind: 'user',
      name: 'Local administrator',
      principal: 'local administrator',
      tenantId: TENANT,
      administrator: true,
      groups: null,
    });
    assert.deepEqual(allowed, Object.keys(OPERATIONS));
    assert.equal(rolePermissions.length, 6);
    assert.deepEqual(succeeded<WireSession>(await browser.get('/cordon/v1/session')), browser.session);
    const device = await world.device();
    const path = `/api/machines/${device.machineId}/restrictCodeExecution`;
    const action = succeeded<{ id: string; requestor: string }>(
      await browser.call('POST', path, { body: { Comment: 'comment of the test' } }),
      201,
    );
    assert.equal(action.requestor, 'local administrator');
    assert.deepEqual((await world.history(action.id))[0]?.actor, {
      kind: 'user',
      id: 'local administrator',
      name: 'local administrator',
    });
  });

  test('by a link once only, also for those who try at the same time, and not after 15 minutes', async () => {
    await using world = await startWorld();
    const code = await linkCode(world);
    const replies = await Promise.all(Array.from({ length: 5 }, () => trySignIn(world, { code })));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 401, 401, 401, 401]);
    for (const reply of replies) world.keepSecret(cookieSet(reply) ?? code);
    refused(await trySignIn(world, { code }), 'Unauthorized', /used before or is older/);
    const late = await linkCode(world);
    world.time.step(15 * MINUTE);
    refused(await trySignIn(world, { code: late }), 'Unauthorized', /used before or is older/);
    refused(await trySignIn(world, { code: 'x'.repeat(43) }), 'Unauthorized');
  });

  test('by name and password where there are such users, with what their roles allow and nothing more', async () => {
    await using world = await startWorld();
    await world.user(ANA, { role: ['View data'] });
    const browser = await signInByPassword(world, 'Ana@Cordon.test');
    const { session } = browser;
    assert.deepEqual(
      [session.principal, session.administrator, session.rolePermissions, session.groups],
      [ANA, false, ['View data'], [0]],
    );
    assert.ok(session.allowed.includes('listMachineSummaries'));
    assert.ok(!session.allowed.includes('restrictCodeExecution'));
    assert.ok(!session.allowed.includes('listApplications'));
    const device = await world.device();
    const path = `/api/machines/${device.machineId}/restrictCodeExecution`;
    refused(
      await browser.call('POST', path, { body: { Comment: 'comment of the test' } }),
      'Forbidden',
      /Active remediation actions/,
    );
    refused(await browser.get('/cordon/v1/applications'), 'Forbidden', /Manage portal system settings/);
    refused(await trySignIn(world, { user: ANA, password: 'wrong' }), 'Unauthorized', /name or the password/);
    refused(
      await trySignIn(world, { user: 'nobody@cordon.test', password: PASSWORD }),
      'Unauthorized',
      /name or the password/,
    );
  });

  test('what a session offers is what the server lets through, for every operation of the table', async () => {
    await using world = await startWorld();
    await world.user(ANA, { role: ['View data', 'Manage security settings'] });
    const browser = await signInByPassword(world, ANA);
    for (const operation of Object.values(OPERATIONS)) {
      const base = operation.base === 'vendor' ? '/api' : '/cordon/v1';
      const path = operation.path.replace('(:arguments)', "(ip='10.0.0.1',timestamp=2026-03-02T09:00:00Z)");
      const method = operation.method === 'GET' ? 'HEAD' : operation.method;
      const reply = await browser.call(method, `${base}${path.replaceAll(/:\w+/g, 'none')}`, {
        ...(operation.method === 'GET' ? {} : { body: operation.body === null ? undefined : {} }),
      });
      assert.equal(reply.status !== 403, browser.session.allowed.includes(operation.id), operation.id);
    }
  });

  test('is refused after too many failures from one address, until time has passed', async () => {
    await using world = await startWorld({ rateLimit: { perMinute: 100, perHour: 1500 } });
    for (let failure = 0; failure < FAILURE_LIMIT.failures; failure += 1)
      refused(await trySignIn(world, { code: `wrong-${failure}` }), 'Unauthorized');
    const reply = await trySignIn(world, { code: await linkCode(world) });
    refused(reply, 'TooManyRequests');
    assert.ok(Number(reply.headers.get('retry-after')) > 0);
  });

  test('takes JSON from a page of the server only, and either a code or a name with a password', async () => {
    await using world = await startWorld();
    const code = await linkCode(world);
    const attempt = (headers: Record<string, string>, body: unknown = { code }) =>
      world.call('POST', '/cordon/v1/session', { token: null, body, headers });
    refused(await attempt({}), 'Forbidden', /Origin/);
    refused(await attempt({ origin: 'https://elsewhere.test' }), 'Forbidden', /Origin/);
    refused(await attempt({ origin: 'null' }), 'Forbidden', /Origin/);
    refused(await attempt({ origin: world.url, 'sec-fetch-site': 'cross-site' }), 'Forbidden', /Origin/);
    refused(
      await attempt({ ...SAME_ORIGIN, 'content-type': 'application/x-www-form-urlencoded' }, `code=${code}`),
      'UnsupportedMediaType',
    );
    for (const body of [{}, { code, user: ANA }, { user: ANA }, { code: 5 }, { code, more: 1 }])
      refused(await attempt(SAME_ORIGIN, body), 'InvalidRequestBody');
    const let_in = await attempt({ origin: world.url });
    assert.equal(let_in.status, 201);
    world.keepSecret(cookieSet(let_in) ?? '');
    assert.match(
      let_in.headers.getSetCookie()[0] ?? '',
      /^cordon-session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    assert.equal(let_in.headers.get('cache-control'), 'no-store');
  });

  test('over https the cookie is one that no other host can set and no plain connection carries', async () => {
    await using world = await startWorld({ publicUrl: 'https://cordon.example.test' });
    const reply = await trySignIn(world, { code: await linkCode(world) });
    assert.match(
      reply.headers.getSetCookie()[0] ?? '',
      /^__Host-cordon-session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    );
    const value = cookieSet(reply, '__Host-cordon-session') ?? '';
    world.keepSecret(value);
    const get = (name: string) =>
      world.call('GET', '/api/machines', { token: null, headers: { cookie: `${name}=${value}` } });
    succeeded(await get('__Host-cordon-session'));
    refused(await get(COOKIE), 'Unauthorized');
  });
});

describe('a session', () => {
  test('never takes over the cookie that the browser came with, and ends that one', async () => {
    await using world = await startWorld();
    const planted = 'A'.repeat(43);
    const reply = await trySignIn(world, { code: await linkCode(world) }, planted);
    const cookie = cookieSet(reply);
    assert.ok(cookie !== null && cookie !== planted);
    world.keepSecret(cookie);
    const get = (value: string) =>
      world.call('GET', '/cordon/v1/session', { token: null, headers: { cookie: `${COOKIE}=${value}` } });
    refused(await get(planted), 'Unauthorized');
    const again = await trySignIn(world, { code: await linkCode(world) }, cookie);
    world.keepSecret(cookieSet(again) ?? '');
    refused(await get(cookie), 'Unauthorized', /sign in again/);
  });

  test('is ended by signing out, at this process at once and at others within seconds', async () => {
    await using world = await startWorld();
    const other = await world.another();
    const browser = await signInByLink(world);
    const headers = { cookie: `${COOKIE}=${browser.cookie}` };
    assert.equal((await fetch(`${other.localUrl}/cordon/v1/session`, { headers })).status, 200);
    refused(
      await browser.call('DELETE', '/cordon/v1/session', { headers: { 'x-cordon-csrf': '' } }),
      'Forbidden',
    );
    const reply = await browser.call('DELETE', '/cordon/v1/session');
    assert.equal(reply.status, 204);
    assert.equal(cookieSet(reply), '');
    refused(await browser.get('/cordon/v1/session'), 'Unauthorized');
    refused(await browser.get('/api/machines'), 'Unauthorized');
    world.time.step(2000);
    assert.equal((await fetch(`${other.localUrl}/cordon/v1/session`, { headers })).status, 401);
  });

  test('ends after an hour in which nothing is done, and after twelve whatever is done', async () => {
    await using world = await startWorld();
    const idle = await signInByLink(world);
    world.time.step(HOUR - 1);
    const headers = { 'x-cordon-background': '1' };
    succeeded(await idle.call('GET', '/cordon/v1/session', { headers }));
    world.time.step(1);
    refused(await idle.get('/cordon/v1/session'), 'Unauthorized', /sign in again/);
    const busy = await signInByLink(world);
    for (let passed = 0; passed < 23; passed += 1) {
      world.time.step(HOUR / 2);
      succeeded(await busy.get('/cordon/v1/session'));
    }
    world.time.step(HOUR / 2);
    refused(await busy.get('/cordon/v1/session'), 'Unauthorized', /sign in again/);
  });

  test('is removed from the store when it has ended, with links that nobody used', async () => {
    await using world = await startWorld();
    await signInByLink(world);
    await linkCode(world);
    world.time.step(13 * HOUR);
    const now = world.server.clock.now();
    assert.ok((await world.store.expireSessions(now, 100)) >= 2);
    assert.equal(await world.store.expireSessions(now, 100), 0);
  });

  test('changes nothing without its CSRF token, nor for a page elsewhere; reading needs neither', async () => {
    await using world = await startWorld();
    const browser = await signInByLink(world);
    const other = await signInByLink(world);
    const create = (headers: Record<string, string>) =>
      browser.call('POST', '/cordon/v1/enrolmenttokens', { body: {}, headers });
    refused(await create({ 'x-cordon-csrf': '' }), 'Forbidden', /X-Cordon-CSRF/);
    refused(await create({ 'x-cordon-csrf': other.session.csrfToken }), 'Forbidden', /X-Cordon-CSRF/);
    refused(await create({ 'sec-fetch-site': 'same-site' }), 'Forbidden', /Origin/);
    refused(await create({ 'sec-fetch-site': 'none' }), 'Forbidden', /Origin/);
    assert.equal((await create({})).status, 201);
    const bare = { cookie: `${COOKIE}=${browser.cookie}` };
    const without = (origin: Record<string, string>) =>
      world.call('POST', '/cordon/v1/enrolmenttokens', {
        token: null,
        body: {},
        headers: { ...bare, ...origin, 'x-cordon-csrf': browser.session.csrfToken },
      });
    refused(await without({}), 'Forbidden', /Origin/);
    refused(await without({ origin: 'https://elsewhere.test' }), 'Forbidden', /Origin/);
    assert.equal((await without({ origin: world.url })).status, 201);
    succeeded(await world.call('GET', '/api/machines', { token: null, headers: bare }));
  });

  test('does not count where a token is sent: that alone says who calls', async () => {
    await using world = await startWorld();
    const browser = await signInByLink(world);
    const reader = await world.application(['Machine.Read.All']);
    const body = { Comment: 'comment of the test' };
    const path = '/api/machines/none/restrictCodeExecution';
    refused(await browser.call('POST', path, { token: reader, body }), 'Forbidden', /application/);
    refused(
      await browser.call('POST', path, { token: null, headers: { authorization: 'Bearer nonsense' }, body }),
      'Unauthorized',
    );
    const headers = { 'x-cordon-csrf': '', 'sec-fetch-site': 'cross-site' };
    assert.equal((await browser.call('POST', path, { token: world.full, headers, body })).status, 404);
  });
});
