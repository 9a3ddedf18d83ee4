import assert from 'node:assert/strict';
import test from 'node:test';
import { startWorld } from '../kit/world.ts';

const AHEAD = [{ control: 'codeExecution', generation: 7 }] as const;

test('a device ahead of a restored store begins a new epoch and is told what the store wants', async () => {
  await using world = await startWorld();
  const device = await world.device('ws-restored.cordon.test');
  await world.restrict('ws-restored.cordon.test');
  const before = device.epoch;
  await device.exchange({ known: [...AHEAD], waitSeconds: 30 });
  assert.notEqual(device.epoch, before);
  const [order] = device.desired;
  assert.ok(order);
  assert.deepEqual([order.mode, order.generation], ['restricted', 1]);
  await device.accept(order);
  await device.prove(order);
  assert.equal((await world.action(order.actionId ?? '')).status, 'Succeeded');
});

test('the new epoch is the one device’s own, and it is kept', async () => {
  await using world = await startWorld();
  const [liar, honest] = [
    await world.device('ws-liar.cordon.test'),
    await world.device('ws-honest.cordon.test'),
  ];
  const epoch = honest.epoch;
  await liar.exchange({ known: [...AHEAD], waitSeconds: 0 });
  const renewed = liar.epoch;
  await liar.exchange({ known: [], waitSeconds: 0 });
  await honest.exchange({ waitSeconds: 0 });
  assert.equal(liar.epoch, renewed);
  assert.equal(honest.epoch, epoch);
});

test('what a device reports of generations that the store never gave changes nothing', async () => {
  await using world = await startWorld();
  const device = await world.device('ws-ahead.cordon.test');
  const action = await world.restrict('ws-ahead.cordon.test');
  const order = await device.next();
  const report = device.report('outcome', { ...order, generation: 7 });
  await device.exchange({ known: [...AHEAD], reports: [report], waitSeconds: 0 });
  assert.equal((await world.action(action.id)).status, 'Pending');
});
