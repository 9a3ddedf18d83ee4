import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { WireSession, WireSignIn } from '../../../src/contract/console.ts';
import { parseExternalIssuers } from '../../../src/service/tokens/external-config.ts';
import { COOKIE, linkCode, trySignIn } from '../../kit/console.ts';
import { refused, succeeded } from '../../kit/reply.ts';
import { providerFor, type SignInProvider, startSignInProvider } from '../../kit/sign-in-provider.ts';
import { startWorld, TENANT, type World } from '../../kit/world.ts';

const MEMORY = 'cordon-signin';

interface Gone {
  readonly location: string;
  readonly cookies: Readonly<Record<string, string>>;
}

/** Follows no redirect, as a test that looks at each of them must. */
async function go(url: string, cookies: Record<string, string> = {}): Promise<Gone> {
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  const response = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
  assert.equal(response.status, 302, await response.text());
  const set = response.headers.getSetCookie().map((one) => one.split(';')[0]!.split('='));
  return { location: response.headers.get('location') ?? '', cookies: Object.fromEntries(set) };
}

const begin = (world: World, returnTo = '/console/machines?filter=drifted') =>
  go(`${world.url}/cordon/v1/signin/openidconnect?returnTo=${encodeURIComponent(returnTo)}`);

async function signedIn(world: World, provider: SignInProvider, returnTo?: string): Promise<Gone> {
  const begun = await begin(world, returnTo);
  const back = await go(provider.signIn(begun.location), begun.cookies);
  const value = back.cookies[COOKIE];
  if (value !== undefined) world.keepSecret(value);
  return back;
}

const sessionOf = async (world: World, { cookies }: Gone) =>
  succeeded<WireSession>(
    await world.call('GET', '/cordon/v1/session', {
      token: null,
      headers: { cookie: `${COOKIE}=${cookies[COOKIE]}` },
    }),
  );

describe('sign-in at an identity provider', () => {
  test('goes there with PKCE, state and nonce, comes back with a session, and returns to the page', async () => {
    await using provider = await startSignInProvider();
    await using world = await startWorld({ consoleProvider: providerFor(provider, TENANT) });
    const ways = succeeded<WireSignIn>(await world.call('GET', '/cordon/v1/signin', { token: null }));
    assert.deepEqual(ways.methods, ['openIdConnect']);
    const begun = await begin(world);
    const asked = new URL(begun.location);
    assert.equal(`${asked.origin}${asked.pathname}`, `${provider.url}/authorize`);
    assert.equal(asked.searchParams.get('redirect_uri'), `${world.url}/cordon/v1/signin/callback`);
    assert.equal(asked.searchParams.get('code_challenge_method'), 'S256');
    for (const name of ['state', 'nonce', 'code_challenge'])
      assert.ok((asked.searchParams.get(name) ?? '').length >= 40, name);
    assert.ok(!begun.location.includes(provider.clientSecret));
    const back = await signedIn(world, provider);
    assert.equal(back.location, '/console/machines?filter=drifted');
    assert.equal(back.cookies[MEMORY], '', 'what was remembered is forgotten');
    const session = await sessionOf(world, back);
    assert.deepEqual(
      [session.principal, session.name, session.tenantId, session.administrator],
      ['Ana@Contoso.test', 'Ana', TENANT, false],
    );
    assert.deepEqual(session.allowed, [], 'roles decide, and there is none');
    const { services } = world.server;
    const role = await services.roles.create(TENANT, 'Readers', ['View data']);
    await services.roles.assign(TENANT, role.id, 'g1');
    assert.deepEqual((await sessionOf(world, back)).rolePermissions, ['View data']);
  });

  test('takes a code once, and of the browser that began only', async () => {
    await using provider = await startSignInProvider();
    await using world = await startWorld({ consoleProvider: providerFor(provider, TENANT) });
    const begun = await begin(world);
    const address = provider.signIn(begun.location);
    assert.equal((await go(address)).location, '/console/sign-in?error=expired');
    const other = await begin(world);
    assert.equal((await go(address, other.cookies)).location, '/console/sign-in?error=invalid');
    const first = await go(address, begun.cookies);
    assert.equal(first.location, '/console/machines?filter=drifted');
    world.keepSecret(first.cookies[COOKIE]!);
    const again = await go(address, begun.cookies);
    assert.equal(again.location, '/console/sign-in?error=invalid');
    assert.equal(again.cookies[COOKIE], undefined);
  });

  test('is given up after ten minutes', async () => {
    await using provider = await startSignInProvider();
    await using world = await startWorld({ consoleProvider: providerFor(provider, TENANT) });
    const begun = await begin(world);
    world.time.step(600_001);
    const back = await go(provider.signIn(begun.location), begun.cookies);
    assert.equal(back.location, '/console/sign-in?error=expired');
  });

  const misled: Readonly<Record<string, Partial<SignInProvider>>> = {
    'a state of its own': { answers: { state: 'another' } },
    'the name of another issuer (mix-up)': { answers: { iss: 'https://e.test' } },
    'a code that it never gave': { answers: { code: 'made-up' } },
    'a token for another nonce': { claims: { nonce: 'another' } },
    'a token of another issuer': { claims: { iss: 'https://e.test' } },
    'a token for another client': { claims: { aud: 'another' } },
    'a token that another key signed': { forges: true },
  };
  for (const [name, change] of Object.entries(misled)) {
    test(`is refused when the provider answers with ${name}`, async () => {
      await using provider = await startSignInProvider();
      await using world = await startWorld({ consoleProvider: providerFor(provider, TENANT) });
      Object.assign(provider, change);
      const back = await signedIn(world, provider);
      assert.equal(back.location, '/console/sign-in?error=invalid');
      assert.equal(back.cookies[COOKIE], undefined);
    });
  }

  test('says why it came to nothing: refused there, unknown tenant, provider away', async () => {
    const provider = await startSignInProvider();
    await using world = await startWorld({ consoleProvider: providerFor(provider, TENANT) });
    provider.answers = { error: 'access_denied' };
    assert.equal((await signedIn(world, provider)).location, '/console/sign-in?error=denied');
    provider.answers = {};
    const other = providerFor(provider, TENANT);
    await using stranger = await startWorld({
      consoleProvider: { ...other, issuer: { ...other.issuer, tenants: new Map([['tid', TENANT]]) } },
    });
    assert.equal((await signedIn(stranger, provider)).location, '/console/sign-in?error=tenant');
    await using late = await startWorld({ consoleProvider: providerFor(provider, TENANT) });
    await provider[Symbol.asyncDispose]();
    assert.equal((await begin(late)).location, '/console/sign-in?error=unavailable');
  });

  test('returns to pages of the console only, whatever it is told', async () => {
    await using provider = await startSignInProvider();
    await using world = await startWorld({ consoleProvider: providerFor(provider, TENANT) });
    const elsewhere = [
      'https://elsewhere.test/console/',
      '//elsewhere.test/console/',
      '/\\elsewhere.test/console/',
      '/console/../cordon/v1/session',
      '/api/machines',
      'javascript:alert(1)',
      '',
    ];
    for (const returnTo of elsewhere)
      assert.equal((await signedIn(world, provider, returnTo)).location, '/console/', returnTo);
  });

  test('leaves the link of an administrator, for the day on which the provider is down', async () => {
    await using provider = await startSignInProvider();
    await using world = await startWorld({ consoleProvider: providerFor(provider, TENANT) });
    const reply = await trySignIn(world, { code: await linkCode(world) });
    assert.equal(reply.status, 201);
    world.keepSecret(reply.headers.getSetCookie()[0]!.split(';')[0]!.split('=')[1]!);
  });

  test('is nowhere without a provider', async () => {
    await using world = await startWorld();
    for (const path of ['openidconnect', 'callback?code=x'])
      refused(await world.call('GET', `/cordon/v1/signin/${path}`, { token: null }), 'NotFound');
  });
});

test('the client of the console is checked: names, one of all, of one directory', () => {
  const issuer = { issuer: 'https://one.test', audience: 'a', tenants: { t: TENANT } };
  const parse = (console: unknown, more: object = {}) =>
    parseExternalIssuers([{ ...issuer, console, ...more }]);
  assert.deepEqual(parse({ clientId: 'c' })[0]?.console, {
    clientId: 'c',
    clientSecretFile: null,
    scope: 'openid profile email',
  });
  for (const wrong of [
    5,
    {},
    { clientId: '' },
    { clientId: 'c', secret: 's' },
    { clientId: 'c', scope: 'profile' },
  ])
    assert.throws(() => parse(wrong), /console/);
  const any = {
    discoveryUrl: 'https://one.test/.well-known/openid-configuration',
    issuer: 'https://one.test/{tenantid}',
  };
  assert.throws(() => parse({ clientId: 'c' }, any), /one directory/);
  const both = ['https://one.test', 'https://two.test'].map((name) => ({
    ...issuer,
    issuer: name,
    console: { clientId: 'c' },
  }));
  assert.throws(() => parseExternalIssuers(both), /More than one/);
});
