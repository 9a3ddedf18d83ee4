import assert from 'node:assert/strict';
import test from 'node:test';
import type { Device } from '../../src/load/device.ts';
import { ForeignMachineError, ownedMachines, tagAll } from '../../src/load/owned.ts';
import { createTraffic } from '../../src/load/traffic.ts';

const device = (machineId: string): Device => ({
  name: `load-test-${machineId}`,
  machineId,
  run: async () => undefined,
  isRestricted: () => true,
});
const never = () => assert.fail('a foreign machine was touched');

test('a machine that the run has not made is neither tagged, restricted nor released', async () => {
  const owned = ownedMachines(['own']);
  const foreign = device('foreign');
  await assert.rejects(tagAll({ tag: never }, owned, [foreign], 4), ForeignMachineError);
  const traffic = createTraffic({ restrict: never, unrestrict: never }, [foreign], owned);
  const plan = [{ at: 0, device: 0, type: 'restrict' as const }];
  await assert.rejects(traffic.ask(plan, new AbortController().signal), ForeignMachineError);
  await assert.rejects(traffic.release([foreign]), ForeignMachineError);
  assert.deepEqual(traffic.journeys, []);
});

test('a proof is counted for the action that the device was told of, and for no other', async () => {
  const owned = ownedMachines(['own']);
  const restrict = async () => {
    // The device proves an older action, whose call had failed, before it is told of this one.
    traffic.delivered('own', 'older');
    traffic.reported('own', true);
    return { id: 'this', creationDateTimeUtc: '2026-03-01T00:00:00Z' } as never;
  };
  const traffic = createTraffic({ restrict, unrestrict: never }, [device('own')], owned);
  await traffic.ask([{ at: 0, device: 0, type: 'restrict' }], new AbortController().signal);
  assert.equal(traffic.journeys[0]?.provenAt, null);
  traffic.delivered('own', 'this');
  traffic.reported('own', true);
  await traffic.settled(60_000);
  assert.ok(traffic.journeys[0]?.provenAt !== null);
});
