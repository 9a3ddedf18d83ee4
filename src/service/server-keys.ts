import type { PinningMachine, ServerKey } from '../domain/access-records.ts';
import type { Caller } from '../domain/caller.ts';
import { CordonError } from '../domain/error.ts';
import type { AccessStore, DeviceStore, KeyStore } from '../store/port.ts';
import { notFound } from './actions.ts';
import { callerKey } from './call.ts';
import type { DeviceKey, DeviceKeys } from './devices/device-keys.ts';
import type { Log } from './log.ts';

/** A key that devices pin, as operators see it; the secret half is never among it. */
export interface ServerKeyState extends DeviceKey {
  readonly retiredAt: string | null;
  /** True for the one that devices move to. */
  readonly newest: boolean;
  /** Devices of all tenants that have it pinned. */
  readonly machines: number;
}

export interface ServerKeysDependencies {
  readonly store: Pick<AccessStore, 'tenants'> &
    Pick<KeyStore, 'serverKeys'> &
    Pick<DeviceStore, 'devicesByServerKey' | 'machinesByServerKey'>;
  readonly keys: Pick<DeviceKeys, 'newestNow' | 'rotate' | 'revoke'>;
  readonly log: Log;
}

export type ServerKeys = ReturnType<typeof createServerKeys>;

/** Machines that one answer names. */
const MOST_MACHINES = 1000;

/**
 * The keys that devices pin. They are the installation's and not a tenant's, so only callers of its first tenant, the
 * operator's, see or change them: another's administrator could cut off everybody's devices.
 */
export function createServerKeys({ store, keys, log }: ServerKeysDependencies) {
  const requireOperator = async (caller: Caller): Promise<void> => {
    const [first] = await store.tenants();
    if (first?.id === caller.tenantId) return;
    throw new CordonError(
      'DisallowedOperation',
      'The keys of the server are every tenant’s; administrators of the first tenant manage them.',
    );
  };

  const states = async (): Promise<ServerKeyState[]> => {
    const newest = await keys.newestNow();
    const pinned = await store.devicesByServerKey();
    const records = (await store.serverKeys()).filter(({ purpose }) => purpose === 'device');
    return records
      .toReversed()
      .map((record) => stateOf(record, record.id === newest.id, pinned.get(record.id) ?? 0));
  };

  const find = async (id: string): Promise<ServerKeyState> => {
    const state = (await states()).find((candidate) => candidate.id === id.toLowerCase());
    if (state === undefined) throw notFound('Server key', id);
    return state;
  };

  return {
    /** Newest first, those that were retired included. @throws CordonError `DisallowedOperation` */
    async list(caller: Caller): Promise<readonly ServerKeyState[]> {
      await requireOperator(caller);
      return states();
    },

    /** Makes the key that devices move to, each with its next exchange. @throws CordonError `DisallowedOperation` */
    async rotate(caller: Caller): Promise<ServerKeyState> {
      await requireOperator(caller);
      const { id } = await keys.rotate();
      log.info({ serverKey: id, by: callerKey(caller) }, 'the key that devices pin was rotated');
      return find(id);
    },

    /**
     * The caller's machines that have pinned a key, those first that were not seen for longest; at most 1,000.
     * @throws CordonError `DisallowedOperation`, `ResourceNotFound`
     */
    async machines(caller: Caller, id: string): Promise<readonly PinningMachine[]> {
      await requireOperator(caller);
      return store.machinesByServerKey(caller.tenantId, (await find(id)).id, MOST_MACHINES);
    },

    /**
     * Ends a key at once; devices that have it pinned must be enrolled again. Revoking it again changes nothing.
     * @throws CordonError `DisallowedOperation` for the newest, `ResourceNotFound`
     */
    async revoke(caller: Caller, id: string): Promise<void> {
      await requireOperator(caller);
      const key = await find(id);
      if (key.newest) {
        throw new CordonError(
          'DisallowedOperation',
          'This is the newest key, which devices are enrolled with; rotate first: cordon server-key rotate',
        );
      }
      await keys.revoke(key.id);
      log.warn(
        { serverKey: key.id, by: callerKey(caller), machines: key.machines },
        'a key that devices pin was revoked; machines that have it pinned must be enrolled again',
      );
    },
  };
}

function stateOf(record: ServerKey, newest: boolean, machines: number): ServerKeyState {
  const { id, createdAt, activeFrom, retiredAt } = record;
  const { x } = JSON.parse(record.material) as { x: string };
  return { id, publicKey: x, createdAt, activeFrom, retiredAt, newest, machines };
}
