import { MACHINE } from '../../contract/machine.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { entityReply } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachine } from '../representation/machine.ts';

export const getMachine = handler(OPERATIONS.getMachine, async (call) =>
  entityReply(
    call,
    MACHINE,
    wireMachine(await call.services.machines.get(call.call, call.parameters.id ?? '')),
  ),
);
