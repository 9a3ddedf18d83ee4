/** Operators of the keys that devices pin, for tests of the server. */
import { randomUUID } from 'node:crypto';
import type { WirePinningMachine, WireServerKey } from '../../src/contract/cordon.ts';
import { openDeviceKeys } from '../../src/service/devices/device-keys.ts';
import { succeeded } from './reply.ts';
import type { World } from './world.ts';

export const SERVER_KEYS = '/cordon/v1/serverkeys';

/** The upkeep of another process on the same store, which the server under test knows nothing of. */
export async function otherProcess(world: World, age: number | null = null) {
  const log = { info() {}, warn() {}, error() {} };
  const { store, server } = world;
  const keys = await openDeviceKeys({ store, clock: server.clock, newId: randomUUID, log, age });
  return () => keys.maintain();
}

/** A token that outlives the steps that the test makes in time. */
export async function operator(world: World) {
  const client = await world.client(['Cordon.Manage.All']);
  const call = async (method: string, path = '', body?: object) =>
    world.call(method, `${SERVER_KEYS}${path}`, {
      token: await client.token(),
      ...(body === undefined ? {} : { body }),
    });
  return {
    call,
    list: async () => succeeded<{ value: WireServerKey[] }>(await call('GET')).value,
    rotate: async () => succeeded<WireServerKey>(await call('POST', '', {}), 201),
    machines: async (id: string) =>
      succeeded<{ value: WirePinningMachine[] }>(await call('GET', `/${id}/machines`)).value,
    revoke: (id: string) => call('DELETE', `/${id}`),
  };
}
