/** What the tests of restrictions that end by themselves share. */
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import type { MachineAction } from '../../src/domain/action.ts';
import { succeeded } from './reply.ts';
import { makeQuery } from './store.ts';
import { TENANT, type World } from './world.ts';

export const MINUTE = 60_000;

export const newest = async (world: World): Promise<WireMachineAction> => {
  const page = succeeded<{ value: WireMachineAction[] }>(await world.get('/api/machineactions'));
  return page.value[0]!;
};
export const count = async (world: World): Promise<number> =>
  succeeded<{ value: unknown[] }>(await world.get('/api/machineactions')).value.length;

/** The release that the server appended; waits for it. */
export const released = (world: World, restriction: string): Promise<WireMachineAction> =>
  world.until(async () => {
    const action = await newest(world);
    return action.requestor === `timed release of ${restriction}` && action;
  });

/** A sweep that began after this call has ended. */
export const sweep = async (world: World): Promise<void> => {
  for (let sweeps = 0; sweeps < 2; sweeps += 1) {
    const held = await world.faults.hold('dueReleases');
    held.release();
  }
};

export const restricted = async (world: World, releaseAfter = 'PT10M') => {
  const device = await world.device();
  const action = await world.restrictFor(device.machineId, releaseAfter);
  const order = await device.obey();
  return { device, action, order };
};

export const state = async (world: World, device: { machineId: string }) =>
  (await world.state(device.machineId)).control;

/** All actions as the store has them, whatever became of the tokens meanwhile. */
export const actions = async (world: World): Promise<readonly MachineAction[]> =>
  (await world.store.actions(TENANT, makeQuery(), null)).rows;
