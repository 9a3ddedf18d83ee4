import type { Desired } from '../../contract/device.ts';
import type { ControlState } from '../../domain/action.ts';
import type { ControlStore } from '../../store/port.ts';
import type { Hints } from '../hints.ts';

/** Looks in the store for what no hint told: another process may have written it, and hints may be lost. */
export interface Watch {
  /** Notes what a waiting device was told; to be called back when it waits no more. */
  expect(
    device: { readonly tenantId: string; readonly machineId: string },
    told: readonly Desired[],
  ): () => void;
  /** Wakes every device for which the store has something else by now; returns how many. */
  look(): Promise<number>;
}

interface Expectation {
  readonly tenantId: string;
  readonly machineId: string;
  readonly told: string;
}

/** Machines asked for at once. */
const AT_ONCE = 1000;

/** A store that is written by this process alone needs none. */
export const NO_WATCH: Watch = { expect: () => () => {}, look: async () => 0 };

export function createWatch(store: Pick<ControlStore, 'controlsOf'>, hints: Pick<Hints, 'wake'>): Watch {
  const expectations = new Set<Expectation>();

  const differing = async (tenantId: string, some: readonly Expectation[]): Promise<Expectation[]> => {
    const machines = [...new Set(some.map(({ machineId }) => machineId))];
    const states = await store.controlsOf(tenantId, machines, 'without');
    const byMachine = Map.groupBy(states, ({ machineId }) => machineId);
    return some.filter(({ machineId, told }) => told !== stored(byMachine.get(machineId) ?? []));
  };

  return {
    expect({ tenantId, machineId }, told) {
      const expectation = { tenantId, machineId, told: said(told) };
      expectations.add(expectation);
      return () => void expectations.delete(expectation);
    },
    async look() {
      let woken = 0;
      const byTenant = Map.groupBy([...expectations], ({ tenantId }) => tenantId);
      for (const [tenantId, all] of byTenant) {
        for (let start = 0; start < all.length; start += AT_ONCE) {
          for (const { machineId } of await differing(tenantId, all.slice(start, start + AT_ONCE))) {
            hints.wake(machineId);
            woken += 1;
          }
        }
      }
      return woken;
    },
  };
}

const said = (desired: readonly Desired[]): string =>
  desired
    .map(({ control, generation, status }) => `${control} ${generation} ${status}`)
    .sort()
    .join(', ');

const stored = (states: readonly ControlState[]): string =>
  states
    .map(({ control, generation, active }) => `${control} ${generation} ${active ? 'active' : 'settled'}`)
    .sort()
    .join(', ');
