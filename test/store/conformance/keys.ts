import assert from 'node:assert/strict';
import test from 'node:test';
import {
  at,
  enrolMachines,
  makeAction,
  makeApplication,
  makeGroup,
  makeKey,
  makeMachine,
  makeQuery,
  makeSecret,
  mustRequest,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

export function keyConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('of server keys for the same purpose and turn the first stays'), async () => {
    await using store = await open();
    const first = makeKey();
    assert.deepEqual(await store.addServerKey(first), [first]);
    assert.deepEqual(await store.addServerKey(makeKey({ id: 'key-2', material: '{"other":1}' })), [first]);
    const device = makeKey({ id: 'key-3', purpose: 'device', activeFrom: at(1) });
    assert.deepEqual(await store.addServerKey(device), [first, device]);
    await store.retireServerKey(first.id, at(5));
    await store.retireServerKey(first.id, at(6));
    assert.equal((await store.serverKeys())[0]?.retiredAt, at(5));
  });

  test(say('a setting is settled once, and changed at will'), async () => {
    await using store = await open();
    assert.equal(await store.setting('epoch'), null);
    assert.equal(await store.settle('epoch', 'one'), 'one');
    assert.equal(await store.settle('epoch', 'two'), 'one');
    await store.changeSetting('epoch', 'three');
    assert.equal(await store.setting('epoch'), 'three');
  });

  test(say('a reset leaves the epoch, the mark of the emulator and the keys of the server'), async () => {
    await using store = await open();
    const machine = makeMachine(1, { tags: ['lab'] });
    await enrolMachines(store, [machine]);
    await store.createApplication(makeApplication(), makeSecret());
    await store.createGroup(makeGroup({ principals: ['a'] }));
    const action = await mustRequest(store, makeAction(1, machine));
    await store.addServerKey(makeKey());
    for (const name of ['epoch', 'emulator', 'other']) await store.settle(name, name);
    await store.clear();
    assert.deepEqual(await store.tenants(), []);
    assert.equal(await store.machine(TENANT, machine.id, null), null);
    assert.equal(await store.action(TENANT, action.id, null), null);
    assert.deepEqual((await store.actions(TENANT, makeQuery(), null)).rows, []);
    assert.equal(await store.application(makeApplication().id), null);
    assert.equal((await store.serverKeys()).length, 1);
    assert.deepEqual(await Promise.all(['epoch', 'emulator', 'other'].map((name) => store.setting(name))), [
      'epoch',
      'emulator',
      null,
    ]);
    await enrolMachines(store, [machine]);
    assert.equal((await mustRequest(store, makeAction(1, machine))).generation, 1);
  });

  test(say('a store that can write is ready'), async () => {
    await using store = await open();
    assert.equal(await store.ready(), true);
  });
}
