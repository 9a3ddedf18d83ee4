import { OPERATIONS } from '../../contract/operations.ts';
import { handler } from '../handler.ts';
import { wireActionEvent } from '../representation/machine-action.ts';

export const getActionHistory = handler(OPERATIONS.getActionHistory, async (call) => {
  const events = await call.services.actions.history(call.call, call.parameters.id ?? '');
  return { value: events.map(wireActionEvent) };
});
