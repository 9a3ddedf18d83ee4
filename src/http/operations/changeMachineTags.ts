import { MACHINE } from '../../contract/machine.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { entityReply } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachine } from '../representation/machine.ts';

const CHANGES = { Add: 'add', Remove: 'remove' } as const;

export const changeMachineTags = handler(OPERATIONS.changeMachineTags, async (call) => {
  const { Value, Action } = call.body as { Value: string; Action: keyof typeof CHANGES };
  const machine = await call.services.machines.changeTag(
    call.call,
    call.parameters.id ?? '',
    Value,
    CHANGES[Action],
  );
  return entityReply(call, MACHINE, wireMachine(machine));
});
