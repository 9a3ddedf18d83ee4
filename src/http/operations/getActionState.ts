import { OPERATIONS } from '../../contract/operations.ts';
import { handler } from '../handler.ts';
import { wireActionState } from '../representation/machine-action.ts';

export const getActionState = handler(OPERATIONS.getActionState, async (call) => {
  const { actions } = call.services;
  const action = await actions.get(call.call, call.parameters.id ?? '');
  return wireActionState(action, await actions.releaseStands(action));
});
