/** A whole server and a receiver that misbehaves, in a time that the test steps. */
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import test from 'node:test';
import { APPLICATION_PERMISSIONS } from '../../src/contract/permissions.ts';
import type { WireDelivery, WireDeliveryDetails, WireWebhookSecret } from '../../src/contract/webhook.ts';
import type { Delivery } from '../../src/domain/webhook.ts';
import { createMetrics } from '../../src/server/metrics/metrics.ts';
import { type Receiver, startReceiver } from '../kit/receiver.ts';
import { startWorld, TENANT, type World } from '../kit/world.ts';

const BASE = '/cordon/v1/webhooks';

async function subscribe(world: World, receiver: Receiver, name = 'soar'): Promise<WireWebhookSecret> {
  const reply = await world.call('POST', BASE, { body: { name, url: receiver.url } });
  assert.equal(reply.status, 201, reply.text);
  const webhook = reply.json<WireWebhookSecret>();
  world.keepSecret(webhook.secret);
  return webhook;
}
const ALL = { state: null, since: null, until: null } as const;
/** Waits until so many deliveries of the webhook are as they should be. Reads the store: tokens end while time passes. */
const settled = (world: World, id: string, count: number, fits: (delivery: Delivery) => boolean) =>
  world.until(async () => {
    const all = await world.store.deliveries(TENANT, id, ALL, null, 100);
    return all.length === count && all.every(fits) ? all : null;
  });
const delivered = ({ state }: Delivery) => state === 'delivered';
const revisionsOf = (receiver: Receiver) =>
  receiver.received.map(({ message }) => message.data.event?.revision);

test('each transition is told once, in order, as a signed CloudEvent with the action as it was', async () => {
  await using world = await startWorld({ publicUrl: 'https://cordon.example.org' });
  await using receiver = await startReceiver();
  const webhook = await subscribe(world, receiver);
  const device = await world.device('ws-001.cordon.test');
  const action = await world.restrict(device.machineId, 'Contain it');
  await device.accept(await device.next());
  await world.cancel(action.id, 'It was the wrong machine');
  await receiver.until((received) => received.length >= 3);
  const history = await world.history(action.id);
  await settled(world, webhook.id, history.length, delivered);

  assert.deepEqual(
    receiver.received.map(({ message }) => [message.id, message.type]),
    history.map(({ revision, status }) => [
      `evt_${action.id}_${revision}`,
      `dev.cordon.machineaction.${status.toLowerCase()}`,
    ]),
  );
  const [first] = receiver.received;
  assert.equal(first?.headers['content-type'], 'application/cloudevents+json; charset=utf-8');
  assert.deepEqual(first?.message, {
    specversion: '1.0',
    id: `evt_${action.id}_1`,
    source: `https://cordon.example.org/${TENANT}`,
    type: 'dev.cordon.machineaction.pending',
    subject: action.id,
    time: action.creationDateTimeUtc,
    datacontenttype: 'application/json',
    data: {
      action: Object.fromEntries(Object.entries(action).filter(([name]) => !name.startsWith('@'))),
      event: history.map(({ evidence: _evidence, ...event }) => ({ ...event, evidence: null }))[0],
    },
  });
  const last = receiver.received.at(-1)?.message.data.action;
  const { '@odata.context': _context, ...present } = (await world.action(action.id)) as never as Record<
    string,
    unknown
  >;
  assert.deepEqual(last, present);
});

test('a receiver that answers 500, cuts the connection and comes back is told everything, in order', async () => {
  await using world = await startWorld();
  await using receiver = await startReceiver();
  const webhook = await subscribe(world, receiver);
  const admin = await world.client(APPLICATION_PERMISSIONS);
  const answers = [500, 'reset', 302, 503] as const;
  receiver.answer = () => answers[receiver.received.length] ?? 204;
  const device = await world.device('ws-001.cordon.test');
  const action = await world.restrict(device.machineId);
  await world.cancel(action.id, 'Never mind');
  for (const [index, minutes] of [1, 10, 60, 180].entries()) {
    await receiver.until((received) => received.length > index);
    await settled(world, webhook.id, 2, ({ attempts, failures, revision }) =>
      revision === 1 ? failures === index + 1 : attempts === 0,
    );
    // Nothing of it is sent before its time.
    assert.equal(receiver.received.length, index + 1);
    world.time.step(minutes * 60_000);
  }
  await settled(world, webhook.id, 2, delivered);
  assert.deepEqual(revisionsOf(receiver), [1, 1, 1, 1, 1, 2]);
  assert.equal(new Set(receiver.received.slice(0, 5).map(({ body }) => body)).size, 1);
  const path = `${BASE}/${webhook.id}/deliveries/evt_${action.id}_1`;
  const details = (await world.get(path, await admin.token())).json<WireDeliveryDetails>();
  assert.deepEqual(
    details.attemptLog.map(({ number, status, error }) => [number, status, error]),
    [
      [1, 500, null],
      [2, null, 'reset'],
      [3, 302, null],
      [4, 503, null],
      [5, 204, null],
    ],
  );
});

test('a receiver that hangs delays nobody else', async () => {
  await using world = await startWorld();
  await using hanging = await startReceiver();
  await using quick = await startReceiver();
  hanging.answer = () => 'hang';
  await subscribe(world, hanging, 'hanging');
  const webhook = await subscribe(world, quick, 'quick');
  for (let number = 1; number <= 8; number += 1) {
    const device = await world.device(`ws-00${number}.cordon.test`);
    await world.restrict(device.machineId);
  }
  await settled(world, webhook.id, 8, delivered);
  assert.equal(quick.received.length, 8);
  assert.ok(hanging.mostOpen() <= 4, `${hanging.mostOpen()} calls were open at once`);
});

test('410 disables a webhook; what happens meanwhile waits until it is enabled', async () => {
  await using world = await startWorld();
  await using receiver = await startReceiver();
  const webhook = await subscribe(world, receiver);
  const admin = await world.client(APPLICATION_PERMISSIONS);
  receiver.answer = () => 410;
  const device = await world.device('ws-001.cordon.test');
  const action = await world.restrict(device.machineId);
  const disabled = await world.until(async () => {
    const present = (await world.get(`${BASE}/${webhook.id}`)).json<WireWebhookSecret>();
    return present.enabled ? null : present;
  });
  assert.equal(disabled.disabledBecause, 'gone');
  await world.cancel(action.id, 'Never mind');
  world.time.step(7_200_000);
  receiver.answer = () => 204;
  const token = await admin.token();
  const waiting = await world.get(`${BASE}/${webhook.id}/deliveries?state=waiting`, token);
  assert.equal(waiting.json<{ value: WireDelivery[] }>().value.length, 2);
  assert.equal(receiver.received.length, 1);
  await world.call('PATCH', `${BASE}/${webhook.id}`, { body: { enabled: true }, token });
  await settled(world, webhook.id, 2, delivered);
  assert.deepEqual(revisionsOf(receiver), [1, 1, 2]);
});

test('a delivery is given up after the schedule, the next transition follows, and a replay sends it again', async () => {
  await using world = await startWorld();
  await using receiver = await startReceiver();
  const webhook = await subscribe(world, receiver);
  const admin = await world.client(APPLICATION_PERMISSIONS);
  receiver.answer = ({ data }) => (data.event.revision === 1 ? 500 : 204);
  const device = await world.device('ws-001.cordon.test');
  const action = await world.restrict(device.machineId);
  await world.cancel(action.id, 'Never mind');
  for (let attempt = 1; attempt < 10; attempt += 1) {
    await settled(world, webhook.id, 2, ({ failures, revision }) => revision === 2 || failures === attempt);
    world.time.step(30 * 3_600_000);
  }
  await settled(
    world,
    webhook.id,
    2,
    ({ state, revision }) => state === (revision === 1 ? 'failed' : 'delivered'),
  );
  assert.deepEqual(revisionsOf(receiver), [...Array.from({ length: 10 }, () => 1), 2]);

  receiver.answer = () => 204;
  const replayed = await world.call('POST', `${BASE}/${webhook.id}/replay`, {
    body: { since: '2020-01-01', state: 'failed' },
    token: await admin.token(),
  });
  assert.deepEqual(replayed.json(), { replayed: 1 });
  await settled(world, webhook.id, 2, delivered);
  const one = `${BASE}/${webhook.id}/deliveries/evt_${action.id}_2/replay`;
  assert.equal((await world.call('POST', one, { body: {}, token: await admin.token() })).status, 200);
  await receiver.until((received) => received.length === 13);
  assert.deepEqual(revisionsOf(receiver).slice(11), [1, 2]);
});

test('after a rotation both secrets sign for the overlap, then only the new one', async () => {
  await using world = await startWorld();
  await using receiver = await startReceiver();
  const webhook = await subscribe(world, receiver);
  const admin = await world.client(APPLICATION_PERMISSIONS);
  const path = `${BASE}/${webhook.id}`;
  const signatures = async () => {
    const before = receiver.received.length;
    assert.equal(
      (await world.call('POST', `${path}/test`, { body: {}, token: await admin.token() })).status,
      200,
    );
    return String(receiver.received[before]?.headers['webhook-signature']).split(' ').length;
  };
  assert.equal(await signatures(), 1);
  const rotated = await world.call('POST', `${path}/secrets`, { body: { overlapHours: 2 } });
  world.keepSecret(rotated.json<WireWebhookSecret>().secret);
  assert.notEqual(rotated.json<WireWebhookSecret>().secret, webhook.secret);
  assert.equal(await signatures(), 2);
  world.time.step(2 * 3_600_000);
  assert.equal(await signatures(), 1);
});

test('attempts are counted, and what waits can be read', async () => {
  const metrics = createMetrics(() => performance.now());
  await using world = await startWorld({ metrics });
  await using receiver = await startReceiver();
  const webhook = await subscribe(world, receiver);
  receiver.answer = ({ data }) => (data.event.revision === 1 ? 204 : 500);
  const device = await world.device('ws-001.cordon.test');
  const action = await world.restrict(device.machineId);
  await world.cancel(action.id, 'Never mind');
  await settled(world, webhook.id, 2, ({ revision, failures, state }) =>
    revision === 1 ? state === 'delivered' : failures === 1,
  );
  world.time.step(4000);
  const text = await metrics.text();
  for (const line of [
    'cordon_webhook_attempts_total{outcome="delivered"} 1',
    'cordon_webhook_attempts_total{outcome="retry"} 1',
    'cordon_webhook_deliveries_waiting 1',
    'cordon_webhook_oldest_delivery_seconds 4',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});
