/** The ring of keys that devices pin, as several processes on one store have it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { clockOf } from '../../src/service/clock.ts';
import { openDeviceKeys } from '../../src/service/devices/device-keys.ts';
import type { Store } from '../../src/store/port.ts';
import { openMemoryStore } from '../../src/store/sqlite/index.ts';
import { createSteppedTime } from '../kit/clock.ts';

const DAY = 86_400_000;
const log = { info() {}, warn() {}, error() {} };

function opener(store: Store, age: number | null = null) {
  const time = createSteppedTime();
  const open = () => openDeviceKeys({ store, clock: clockOf(time.wall), newId: randomUUID, log, age });
  return { time, open };
}

test('processes that start at once on an empty store agree on one key, and a restart finds it', async () => {
  await using store = await openMemoryStore();
  const { open } = opener(store);
  const rings = await Promise.all(Array.from({ length: 8 }, open));
  const key = (await open()).newest();
  assert.deepEqual(new Set(rings.map((ring) => ring.newest().id)), new Set([key.id]));
  assert.equal((await store.serverKeys()).length, 1);
});

test('processes that rotate at once make one key, and each of two rotations in a row a key of its own', async () => {
  await using store = await openMemoryStore();
  const { open } = opener(store);
  const rings = await Promise.all(Array.from({ length: 8 }, open));
  const made = await Promise.all(rings.map((ring) => ring.rotate()));
  assert.equal(new Set(made.map(({ id }) => id)).size, 1);
  assert.equal((await store.serverKeys()).length, 2);
  const [ring] = rings;
  const next = await ring?.rotate();
  assert.notEqual(next?.id, made[0]?.id);
  assert.equal((await open()).newest().id, next?.id);
});

test('processes that find a key too old at once make it one successor', async () => {
  await using store = await openMemoryStore();
  const { time, open } = opener(store, 90 * DAY);
  const rings = await Promise.all(Array.from({ length: 8 }, open));
  time.step(90 * DAY + 1);
  await Promise.all(rings.map((ring) => ring.maintain()));
  await Promise.all(rings.map((ring) => ring.maintain()));
  assert.equal((await store.serverKeys()).length, 2);
  assert.equal(new Set(rings.map((ring) => ring.newest().id)).size, 1);
});

test('a process that has not heard of a rotation finds the key that a device has pinned by then', async () => {
  await using store = await openMemoryStore();
  const { open } = opener(store);
  const [one, other] = [await open(), await open()];
  const old = other.newest();
  const made = await one.rotate();
  assert.equal(other.newest().id, old.id);
  assert.equal((await other.pinned(made.publicKey, old.id))?.id, made.id);
  assert.equal(other.newest().id, made.id);
  await one.revoke(old.id);
  await other.maintain();
  assert.equal(await other.pinned(old.publicKey, old.id), null);
  assert.equal(await other.pinned(undefined, old.id), null);
  assert.throws(() => other.sign(old, 'cordon-answer+jwt', {}), /revoked/);
});

test('the key that was made last is the newest, though the clock was set back by years', async () => {
  await using store = await openMemoryStore();
  const { time, open } = opener(store);
  const ring = await open();
  const first = await ring.rotate();
  time.jump(-2000 * DAY);
  const second = await ring.rotate();
  assert.notEqual(second.id, first.id);
  assert.equal((await open()).newest().id, second.id);
});

test('a reading that fails leaves the keys as they were, and the next one is tried', async () => {
  await using store = await openMemoryStore();
  const { time } = opener(store);
  let fails = false;
  const faulty = {
    addServerKey: store.addServerKey,
    retireServerKey: store.retireServerKey,
    retireUnpinnedServerKey: store.retireUnpinnedServerKey,
    serverKeys: () => (fails ? Promise.reject(new Error('disk')) : store.serverKeys()),
  };
  const clock = clockOf(time.wall);
  const ring = await openDeviceKeys({ store: faulty, clock, newId: randomUUID, log, age: null });
  const key = ring.newest();
  fails = true;
  await assert.rejects(ring.maintain(), /disk/);
  assert.equal((await ring.pinned(key.publicKey, key.id))?.id, key.id);
  await assert.rejects(ring.rotate(), /disk/);
  fails = false;
  assert.notEqual((await ring.rotate()).id, key.id);
});
