import { MACHINE } from '../../contract/machine.ts';
import { MACHINE_ACTION } from '../../contract/machine-action.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { countQueryOf, countReply } from '../collection.ts';
import { handler } from '../handler.ts';

export const countMachines = handler(OPERATIONS.countMachines, async (call) =>
  countReply(await call.services.machines.list(call.call, countQueryOf(call, MACHINE))),
);

export const countMachineActions = handler(OPERATIONS.countMachineActions, async (call) =>
  countReply(await call.services.actions.list(call.call, countQueryOf(call, MACHINE_ACTION))),
);

export const countActionsOfMachine = handler(OPERATIONS.countActionsOfMachine, async (call) => {
  const query = countQueryOf(call, MACHINE_ACTION);
  return countReply(await call.services.actions.listOfMachine(call.call, call.parameters.id ?? '', query));
});
