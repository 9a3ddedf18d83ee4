import { isIP } from 'node:net';
import type { DeviceFacts } from '../contract/device.ts';
import { instantFrom } from '../contract/time.ts';
import { TAG_MAXIMUM } from '../contract/vendor-operations.ts';
import type { ControlState } from '../domain/action.ts';
import { CordonError } from '../domain/error.ts';
import { groupOf } from '../domain/grouping.ts';
import type { Machine } from '../domain/machine.ts';
import type { Page, Query } from '../domain/query.ts';
import type { AccessStore, ActionStore, ControlStore, MachineFacts, MachineStore } from '../store/port.ts';
import { notFound } from './actions.ts';
import type { Call } from './call.ts';
import type { Clock } from './clock.ts';
import { requireText } from './comment.ts';
import { type MachineSummary, summaries } from './summaries.ts';

export interface MachinesDependencies {
  readonly store: MachineStore &
    ControlStore &
    AccessStore &
    Pick<ActionStore, 'activeActions' | 'lastFailures'>;
  readonly clock: Clock;
}

export type Machines = ReturnType<typeof createMachines>;

/** How far around the asked time an address counts, and how far back one may ask (reference, section 5.1). */
const ADDRESS_WINDOW_MILLISECONDS = 15 * 60_000;
const ADDRESS_HISTORY_MILLISECONDS = 30 * 24 * 3_600_000;

/** Reading machines, finding them, and changing their tags. */
export function createMachines({ store, clock }: MachinesDependencies) {
  /** @throws CordonError `ResourceNotFound` */
  const get = async (call: Call, reference: string): Promise<Machine> => {
    const machine = await store.machine(call.caller.tenantId, reference, call.visible);
    if (machine === null) throw notFound('Machine', reference);
    return machine;
  };

  /** Puts a machine into the group that the rules give it, unless the group was fixed. */
  const regroup = async (machine: Machine): Promise<void> => {
    if (machine.groupPinned) return;
    const groupId = groupOf(machine, await store.groups(machine.tenantId));
    if (groupId !== machine.groupId) {
      await store.assignGroups(machine.tenantId, [{ machineId: machine.id, groupId, pinned: false }]);
    }
  };

  return {
    get,
    list: (call: Call, query: Query): Promise<Page<Machine>> =>
      store.machines(call.caller.tenantId, query, call.visible),

    summaries: (call: Call, query: Query): Promise<Page<MachineSummary>> =>
      summaries(store, clock, call, query),

    /** @throws CordonError `InvalidIpAddress`, `InvalidInput` when the time is not within the last 30 days */
    async findByAddress(call: Call, address: string, timestamp: string): Promise<readonly Machine[]> {
      if (isIP(address) === 0)
        throw new CordonError('InvalidIpAddress', `IP address ${address.slice(0, 64)} is invalid.`);
      const at = Date.parse(timestamp);
      if (Number.isNaN(at)) {
        throw new CordonError(
          'InvalidInput',
          'Invalid input timestamp. A time such as 2026-03-01T10:00:00Z is expected.',
        );
      }
      const now = clock.milliseconds();
      if (at < now - ADDRESS_HISTORY_MILLISECONDS || at > now + ADDRESS_WINDOW_MILLISECONDS) {
        throw new CordonError('InvalidInput', 'Invalid input timestamp. It must be within the last 30 days.');
      }
      const [from, to] = [at - ADDRESS_WINDOW_MILLISECONDS, at + ADDRESS_WINDOW_MILLISECONDS];
      return store.machinesByAddress(
        call.caller.tenantId,
        address,
        instantFrom(from),
        instantFrom(to),
        call.visible,
      );
    },

    /** @throws CordonError `MissingRequiredParameter` without a tag */
    async findByTag(call: Call, tag: string, startsWith: boolean): Promise<readonly Machine[]> {
      if (tag.trim() === '') throw new CordonError('MissingRequiredParameter', 'Parameter tag is missing.');
      requireText('tag', tag);
      return store.machinesByTag(call.caller.tenantId, tag, startsWith, call.visible);
    },

    /** @throws CordonError `ResourceNotFound`, `MissingRequiredParameter`, `InvalidInput` */
    async changeTag(call: Call, reference: string, tag: string, change: 'add' | 'remove'): Promise<Machine> {
      if (tag.trim() === '') throw new CordonError('MissingRequiredParameter', 'Parameter Value is missing.');
      requireText('Value', tag);
      if (tag.length > TAG_MAXIMUM) {
        throw new CordonError(
          'InvalidInput',
          `Invalid input Value. At most ${TAG_MAXIMUM} characters are allowed.`,
        );
      }
      const machine = await get(call, reference);
      await store.changeTag(machine.tenantId, machine.id, tag, change);
      const changed = await get(call, machine.id);
      await regroup(changed);
      return (await store.machine(machine.tenantId, machine.id, null)) ?? changed;
    },

    /** Takes in what a device says of itself. */
    async learn(tenantId: string, machineId: string, facts: DeviceFacts): Promise<void> {
      await store.updateFacts(tenantId, machineId, factsOf(facts));
      const machine = await store.machine(tenantId, machineId, null);
      if (machine !== null) await regroup(machine);
    },

    /** The controls of machines, by machine id. */
    async controlsOf(
      tenantId: string,
      machineIds: readonly string[],
    ): Promise<ReadonlyMap<string, readonly ControlState[]>> {
      return Map.groupBy(await store.controlsOf(tenantId, machineIds), (state) => state.machineId);
    },
  };
}

/** The stored form of what a device says of itself. */
export function factsOf(facts: DeviceFacts): MachineFacts {
  return {
    computerDnsName: facts.computerDnsName.toLowerCase(),
    osPlatform: facts.osPlatform,
    osVersion: facts.osVersion,
    osProcessor: facts.osProcessor,
    osArchitecture: facts.osArchitecture,
    version: facts.version,
    osBuild: facts.osBuild,
    agentVersion: facts.agentVersion,
    lastIpAddress: facts.ipAddresses.find((address) => address.macAddress !== null)?.ipAddress ?? null,
    addresses: facts.ipAddresses,
    aadDeviceId: facts.aadDeviceId?.toLowerCase() ?? null,
    isAadJoined: facts.aadDeviceId !== null,
    drivers: facts.drivers,
    hardwareFingerprint: facts.hardwareFingerprint,
  };
}
