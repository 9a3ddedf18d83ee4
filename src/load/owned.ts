import { LOAD_TAG } from '../contract/load.ts';
import type { Client } from '../sdk/index.ts';
import { type Device, prefixOf } from './device.ts';
import { inParallel } from './pace.ts';

/** A load run was about to touch a machine that it has not made. Nothing was asked of it. */
export class ForeignMachineError extends Error {
  override readonly name = 'ForeignMachineError';
}

/** The machines that a run may ask something of: those that it has made itself. */
export interface OwnedMachines {
  /** @throws ForeignMachineError */
  require(machineId: string): void;
}

export function ownedMachines(ids: Iterable<string>): OwnedMachines {
  const own = new Set(ids);
  return {
    require(machineId) {
      if (own.has(machineId)) return;
      throw new ForeignMachineError(`The machine ${machineId} was not made by this run; it is left alone.`);
    },
  };
}

/**
 * Looks through the responder's eyes whether the machines are those that this run has enrolled, and no others: token and
 * application may belong to different tenants, or the address lead somewhere else.
 * @throws ForeignMachineError before anything was asked of any machine
 */
export async function claim(
  api: Pick<Client, 'machines'>,
  run: string,
  devices: readonly Device[],
): Promise<OwnedMachines> {
  const seen = new Map<string, string>();
  for await (const machine of api.machines({ filter: `startswith(computerDnsName,'${prefixOf(run)}')` }))
    seen.set(machine.id, machine.computerDnsName);
  const strange = devices.find(({ machineId, name }) => seen.get(machineId) !== name);
  if (strange !== undefined) {
    throw new ForeignMachineError(
      `The application does not see ${strange.name}, which was just enrolled as ${strange.machineId}: are the enrolment token and the application of the same tenant? Nothing was asked of any machine.`,
    );
  }
  if (seen.size !== devices.length) {
    throw new ForeignMachineError(
      `There are ${seen.size - devices.length} machines of an earlier run ${run}. Take another name. Nothing was asked of any machine.`,
    );
  }
  return ownedMachines(seen.keys());
}

/** Marks the machines, so that an operator can tell them from real ones. */
export async function tagAll(
  api: Pick<Client, 'tag'>,
  owned: OwnedMachines,
  devices: readonly Device[],
  parallel: number,
): Promise<void> {
  await inParallel(devices, parallel, async ({ machineId }) => {
    owned.require(machineId);
    await api.tag(machineId, LOAD_TAG, 'Add');
  });
}
