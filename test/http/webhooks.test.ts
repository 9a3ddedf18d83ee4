import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireWebhook, WireWebhookSecret, WireWebhookTest } from '../../src/contract/webhook.ts';
import { startReceiver } from '../kit/receiver.ts';
import { OTHER_TENANT, startWorld } from '../kit/world.ts';

const BASE = '/cordon/v1/webhooks';
const URL_ = 'https://soar.example.org/hooks?channel=7';

const world = await startWorld();
test.after(() => world[Symbol.asyncDispose]());
const created = async (name: string, url = URL_): Promise<WireWebhookSecret> => {
  const reply = await world.call('POST', BASE, { body: { name, url } });
  assert.equal(reply.status, 201, reply.text);
  const webhook = reply.json<WireWebhookSecret>();
  world.keepSecret(webhook.secret);
  return webhook;
};
const errorOf = (reply: { json<T>(): T }) => reply.json<{ error: { code: string; message: string } }>().error;
const refusedUrl = async (url: string) => {
  const reply = await world.call('POST', BASE, { body: { name: 'x', url } });
  assert.equal(reply.status, 400, reply.text);
  return errorOf(reply);
};

test('a webhook is created with a secret that no other answer has, changed and deleted', async () => {
  const { secret, ...webhook } = await created('soar');
  assert.match(secret, /^whsec_/);
  assert.deepEqual(webhook, {
    id: webhook.id,
    name: 'soar',
    url: URL_,
    enabled: true,
    disabledAt: null,
    disabledBecause: null,
    createdAt: webhook.createdAt,
    createdBy: 'soar-connector',
    previousSecretUntil: null,
  });
  const path = `${BASE}/${webhook.id}`;
  assert.deepEqual((await world.get(path)).json<WireWebhook>(), webhook);
  assert.deepEqual((await world.get(BASE)).json<{ value: WireWebhook[] }>().value, [webhook]);
  const changed = await world.call('PATCH', path, { body: { name: 'SOAR', enabled: false } });
  assert.equal(changed.json<WireWebhook>().disabledBecause, 'asked');
  assert.ok(!`${changed.text}${(await world.get(BASE)).text}`.includes(secret));
  assert.equal((await world.call('DELETE', path)).status, 204);
  assert.equal((await world.get(path)).status, 404);
  assert.equal((await world.call('DELETE', path)).status, 404);
});

test('webhooks need Cordon.Manage.All, and another tenant does not see them', async () => {
  const { id } = await created('own');
  const paths = [
    ['GET', BASE],
    ['GET', `${BASE}/${id}`],
    ['GET', `${BASE}/${id}/deliveries`],
    ['POST', `${BASE}/${id}/test`],
    ['POST', `${BASE}/${id}/secrets`],
    ['DELETE', `${BASE}/${id}`],
  ] as const;
  const reader = await world.application(['Machine.ReadWrite.All', 'Cordon.Audit.Read.All']);
  const other = await world.application(['Cordon.Manage.All'], { tenant: OTHER_TENANT });
  for (const [method, path] of paths) {
    const body = method === 'POST' ? { body: {} } : {};
    assert.equal((await world.call(method, path, { ...body, token: reader })).status, 403, path);
    const seen = await world.call(method, path, { ...body, token: other });
    if (path === BASE) assert.deepEqual(seen.json<{ value: [] }>().value, []);
    else assert.equal(seen.status, 404, path);
  }
  await world.call('DELETE', `${BASE}/${id}`);
});

test('an address that the server must not call is refused, with the option that permits it', async () => {
  for (const url of [
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.8/',
    'https://[::1]:8443/',
  ]) {
    const { code, message } = await refusedUrl(url);
    assert.equal(code, 'InvalidInput');
    assert.match(message, /--webhook-allow/, url);
  }
  for (const url of [
    'http://soar.example.org/',
    'https://ana:pw@soar.example.org/',
    'ftp://x/',
    'soar',
    'https://',
  ]) {
    assert.equal((await refusedUrl(url)).code, 'InvalidInput', url);
  }
  for (const body of [
    { name: '', url: URL_ },
    { name: 'x' },
    { name: 'x', url: 7 },
    { name: 'x', url: URL_, secret: 'whsec_own' },
    { name: 'x', url: `https://soar.example.org/${'a'.repeat(2048)}` },
  ]) {
    assert.equal((await world.call('POST', BASE, { body })).status, 400, JSON.stringify(body));
  }
});

test('a tenant has ten webhooks at most', async () => {
  const all = await Promise.all(Array.from({ length: 10 }, (_, index) => created(`hook ${index}`)));
  const reply = await world.call('POST', BASE, { body: { name: 'one more', url: URL_ } });
  assert.equal(reply.status, 403);
  assert.match(errorOf(reply).message, /at most 10/);
  for (const { id } of all) await world.call('DELETE', `${BASE}/${id}`);
  const again = await created('again');
  await world.call('DELETE', `${BASE}/${again.id}`);
});

test('a test tells status and time, and nothing of what the receiver wrote', async () => {
  await using receiver = await startReceiver();
  receiver.answer = () => ({
    status: 500,
    body: 'internal page',
    headers: { 'x-inside': 'internal header' },
  });
  const { id } = await created('tested', receiver.url);
  const reply = await world.call('POST', `${BASE}/${id}/test`, { body: {} });
  assert.equal(reply.status, 200);
  assert.ok(!reply.text.includes('internal'));
  const refused = reply.json<WireWebhookTest>();
  assert.deepEqual([refused.delivered, refused.status, refused.error], [false, 500, null]);
  receiver.answer = () => 200;
  const taken = (await world.call('POST', `${BASE}/${id}/test`, { body: {} })).json<WireWebhookTest>();
  assert.deepEqual([taken.delivered, taken.status, taken.message], [true, 200, null]);
  assert.equal(receiver.received[0]?.message.type, 'dev.cordon.webhook.test');
  assert.deepEqual((await world.get(`${BASE}/${id}/deliveries`)).json<{ value: [] }>().value, []);
  await world.call('PATCH', `${BASE}/${id}`, { body: { url: 'http://127.0.0.1:1/' } });
  const nobody = (await world.call('POST', `${BASE}/${id}/test`, { body: {} })).json<WireWebhookTest>();
  assert.deepEqual([nobody.delivered, nobody.error], [false, 'connection']);
  await world.call('DELETE', `${BASE}/${id}`);
});

test('deliveries are filtered and paged, newest first, and what is no filter is refused', async () => {
  await using receiver = await startReceiver();
  const { id } = await created('paged', receiver.url);
  const path = `${BASE}/${id}/deliveries`;
  const ids: string[] = [];
  for (let number = 1; number <= 5; number += 1) {
    const device = await world.device(`ws-00${number}.cordon.test`);
    ids.unshift(`evt_${(await world.restrict(device.machineId)).id}_1`);
  }
  interface Page {
    value: { id: string }[];
    '@odata.nextLink'?: string;
  }
  const seen: string[] = [];
  let next: string | undefined = `${path}?%24top=2&since=2026-03-02`;
  let pages = 0;
  while (next !== undefined) {
    const page: Page = (await world.get(next)).json<Page>();
    seen.push(...page.value.map((entry) => entry.id));
    const link = page['@odata.nextLink'];
    next = link?.slice(world.url.length);
    pages += 1;
  }
  assert.deepEqual([seen, pages], [ids, 3]);
  await receiver.until((received) => received.length === 5);
  for (const query of [
    'state=lost',
    'since=yesterday',
    '$top=0',
    '$top=1001',
    '$skiptoken=x',
    '$skiptoken=e30',
  ]) {
    assert.equal((await world.get(`${path}?${query}`)).status, 400, query);
  }
  for (const delivery of ['evt_x_1', ids[0]!.replace('_1', '_9'), 'x'.repeat(90)]) {
    assert.equal((await world.get(`${path}/${delivery}`)).status, 404, delivery);
    assert.equal(
      (await world.call('POST', `${path}/${delivery}/replay`, { body: {} })).status,
      404,
      delivery,
    );
  }
});
