import { OPERATIONS } from '../../contract/operations.ts';
import { handler } from '../handler.ts';
import { wirePinningMachine, wireServerKey } from '../representation/access.ts';

export const listServerKeys = handler(OPERATIONS.listServerKeys, async ({ call, services }) => ({
  value: (await services.serverKeys.list(call.caller)).map(wireServerKey),
}));

export const rotateServerKey = handler(OPERATIONS.rotateServerKey, async ({ call, services }) =>
  wireServerKey(await services.serverKeys.rotate(call.caller)),
);

export const listMachinesOfServerKey = handler(
  OPERATIONS.listMachinesOfServerKey,
  async ({ call, services, parameters }) => ({
    value: (await services.serverKeys.machines(call.caller, parameters.id ?? '')).map(wirePinningMachine),
  }),
);

export const revokeServerKey = handler(OPERATIONS.revokeServerKey, async ({ call, services, parameters }) => {
  await services.serverKeys.revoke(call.caller, parameters.id ?? '');
  return null;
});
