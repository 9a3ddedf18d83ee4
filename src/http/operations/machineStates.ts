import { MACHINE } from '../../contract/machine.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { collectionReply, queryOf } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachineState } from '../representation/machine.ts';

/** Machines with what is wanted of and observed on their controls, which the vendor's entity has no place for. */
export const listMachineStates = handler(OPERATIONS.listMachineStates, async (call) => {
  const query = queryOf(call, MACHINE);
  const { machines } = call.services;
  const page = await machines.list(call.call, query);
  const views = await machines.controlsOf(
    call.call.caller.tenantId,
    page.rows.map(({ id }) => id),
  );
  return collectionReply(call, MACHINE, { ...query, select: null }, page, (row) =>
    wireMachineState(row, views.get(row.id) ?? []),
  );
});

export const getMachineState = handler(OPERATIONS.getMachineState, async (call) => {
  const { machines } = call.services;
  const machine = await machines.get(call.call, call.parameters.id ?? '');
  const views = await machines.controlsOf(machine.tenantId, [machine.id]);
  return wireMachineState(machine, views.get(machine.id) ?? []);
});
