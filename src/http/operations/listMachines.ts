import { MACHINE } from '../../contract/machine.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { collectionReply, queryOf } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachine } from '../representation/machine.ts';

export const listMachines = handler(OPERATIONS.listMachines, async (call) => {
  const query = queryOf(call, MACHINE);
  return collectionReply(
    call,
    MACHINE,
    query,
    await call.services.machines.list(call.call, query),
    wireMachine,
  );
});
