import assert from 'node:assert/strict';
import test from 'node:test';
import type { Desired } from '../../src/contract/device.ts';
import { createWatch } from '../../src/service/devices/watch.ts';
import { openMemoryStore } from '../../src/store/sqlite/index.ts';
import { enrolMachines, makeAction, makeMachine, mustRequest, TENANT } from '../kit/store.ts';

test('a look wakes the devices for which the store has something else than they were told, and no other', async () => {
  await using store = await openMemoryStore();
  const [first, second, third] = [1, 2, 3].map((number) => makeMachine(number));
  await enrolMachines(store, [first!, second!, third!]);
  const woken: string[] = [];
  const watch = createWatch(store, { wake: (machineId) => void woken.push(machineId) });
  const device = (machine: { id: string }) => ({ tenantId: TENANT, machineId: machine.id });
  for (const machine of [first!, second!]) watch.expect(device(machine), []);
  const forget = watch.expect(device(third!), []);
  assert.equal(await watch.look(), 0);

  await mustRequest(store, makeAction(1, first!));
  await mustRequest(store, makeAction(3, third!));
  forget();
  assert.equal(await watch.look(), 1);
  assert.deepEqual(woken, [first!.id]);

  const told: Desired = {
    control: 'codeExecution',
    mode: 'restricted',
    generation: 1,
    actionId: null,
    status: 'active',
  };
  const knowing = createWatch(store, { wake: (machineId) => void woken.push(machineId) });
  knowing.expect(device(first!), [told]);
  assert.equal(await knowing.look(), 0);
  knowing.expect(device(first!), [{ ...told, status: 'settled' }]);
  assert.equal(await knowing.look(), 1, 'the same generation, and the action still active');
});
