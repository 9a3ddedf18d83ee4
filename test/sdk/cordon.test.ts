import assert from 'node:assert/strict';
import test from 'node:test';
import { all, Cordon, client, filter, type TokenRequest } from '../../src/sdk/index.ts';
import { serviceAt } from '../../src/sdk/service.ts';
import { wireError } from '../kit/api-server.ts';
import { CREDENTIALS, startWorld } from './world.ts';

test('the class has every verb, and makes no call by itself', () => {
  const options = { url: 'http://127.0.0.1:1', credentials: CREDENTIALS };
  const cordon = new Cordon(options);
  assert.ok(cordon instanceof Cordon);
  assert.deepEqual(Object.keys(cordon).sort(), Object.keys(client(options)).sort());
});

test('a token may come from a function, which hears when its token was refused', async (context) => {
  const asked: TokenRequest[] = [];
  const { api, cordon } = await startWorld(context, {
    credentials: (request) => {
      asked.push(request);
      return request.refused ? 'token-2' : 'token-1';
    },
  });
  await all(cordon.machines());
  api.tokens = ['token-2'];
  await all(cordon.machines());
  assert.deepEqual(
    asked.map(({ refused }) => refused),
    [false, false, true],
  );
  assert.ok(api.calls.every(({ path }) => !path.endsWith('/token')));
});

test('a resource is asked of the v1 endpoint, a scope of the v2 endpoint', async (context) => {
  const resource = 'https://api.securitycenter.microsoft.com';
  const v1 = await startWorld(context, { credentials: { ...CREDENTIALS, resource } });
  await all(v1.cordon.machines());
  const [old] = v1.api.calls;
  assert.equal(old!.path, `/${CREDENTIALS.tenant}/oauth2/token`);
  assert.deepEqual(
    [(old!.body as URLSearchParams).get('resource'), (old!.body as URLSearchParams).get('scope')],
    [resource, null],
  );
  const v2 = await startWorld(context, { credentials: { ...CREDENTIALS, scope: 'api://cordon/.default' } });
  await all(v2.cordon.machines());
  assert.equal(v2.api.calls[0]!.path, `/${CREDENTIALS.tenant}/oauth2/v2.0/token`);
  assert.equal((v2.api.calls[0]!.body as URLSearchParams).get('scope'), 'api://cordon/.default');
});

test('at the vendor’s domains tokens come from the vendor’s login service', async () => {
  const asked: string[] = [];
  const fetch = async (address: unknown) => {
    asked.push(String(address));
    return new Response('{}', { status: 400 });
  };
  for (const url of [
    'https://api.security.microsoft.com',
    'https://api-eu.securitycenter.microsoft.com/',
    'https://api-gcc.securitycenter.microsoft.us',
    'https://api-gov.securitycenter.microsoft.us',
    'https://security.microsoft.com.example.test',
  ]) {
    await all(new Cordon({ url, credentials: CREDENTIALS, system: { fetch } }).machines()).catch(() => {});
  }
  const path = `/${CREDENTIALS.tenant}/oauth2/v2.0/token`;
  assert.deepEqual(asked, [
    `https://login.microsoftonline.com${path}`,
    `https://login.microsoftonline.com${path}`,
    `https://login.microsoftonline.com${path}`,
    `https://login.microsoftonline.us${path}`,
    `https://security.microsoft.com.example.test${path}`,
  ]);
  assert.equal(serviceAt('https://api.security.microsoft.com'), 'vendor');
  assert.equal(serviceAt('https://security.microsoft.com.example.test'), 'cordon');
});

test('the main job works where only the vendor’s wire is spoken', async (context) => {
  const { api, cordon } = await startWorld(context, { service: 'vendor' });
  api.vendorOnly = true;
  api.context = 'https://api.security.microsoft.com/api/$metadata#';
  const headers = { 'retry-after': '1' };
  api.force('POST /api/machines', { status: 429, body: wireError('TooManyRequests', 'quota'), headers });
  const [machine] = await all(
    cordon.machines({ filter: filter`computerDnsName eq ${'ws-001.cordon.test'}` }),
  );
  const action = await cordon.restrict(machine!.id, { comment: 'why', wait: true });
  assert.equal(action.status, 'Succeeded');
  assert.deepEqual(
    (await all(cordon.actionsOf(machine!.id))).map(({ id }) => id),
    [action.id],
  );
  assert.ok(api.calls.every(({ headers }) => headers['idempotency-key'] === undefined));
  assert.ok(api.calls.every(({ path }) => !path.startsWith('/cordon')));
});

test('a filter keeps every value in its place', () => {
  const hostile = "x' or status eq 'Pending";
  assert.equal(filter`requestor eq ${hostile}`, "requestor eq 'x'' or status eq ''Pending'");
  assert.equal(
    filter`lastSeen ge ${new Date(0)} and osBuild gt ${5} and isAadJoined eq ${true} and aadDeviceId eq ${null}`,
    'lastSeen ge 1970-01-01T00:00:00.000Z and osBuild gt 5 and isAadJoined eq true and aadDeviceId eq null',
  );
  assert.equal(filter`type in ${['A', "B'"]}`, "type in ('A','B''')");
  assert.equal(filter`true`, 'true');
  assert.throws(() => filter`osBuild eq ${Number.NaN}`, RangeError);
  assert.throws(() => filter`type in ${[]}`, RangeError);
  assert.throws(() => filter`lastSeen ge ${new Date('never')}`, RangeError);
});
