import { OPERATIONS } from '../../contract/operations.ts';
import type { GroupRule } from '../../domain/access-records.ts';
import { handler } from '../handler.ts';
import { wireGroup } from '../representation/access.ts';

export const listGroups = handler(OPERATIONS.listGroups, async ({ call, services }) => ({
  value: (await services.groups.list(call.caller.tenantId)).map(wireGroup),
}));

export const createGroup = handler(OPERATIONS.createGroup, async ({ call, services, body }) => {
  const { name, rank, rules } = body as { name: string; rank?: number; rules?: GroupRule[] };
  return wireGroup(await services.groups.create(call.caller.tenantId, name, rank ?? null, rules ?? []));
});

export const changeGroup = handler(OPERATIONS.changeGroup, async ({ call, services, parameters, body }) => {
  const {
    name = null,
    rank = null,
    rules = null,
  } = body as {
    name?: string;
    rank?: number;
    rules?: GroupRule[];
  };
  return wireGroup(
    await services.groups.change(call.caller.tenantId, parameters.id ?? '', { name, rank, rules }),
  );
});

export const deleteGroup = handler(OPERATIONS.deleteGroup, async ({ call, services, parameters }) => {
  await services.groups.remove(call.caller.tenantId, parameters.id ?? '');
  return null;
});

export const assignGroup = handler(OPERATIONS.assignGroup, async ({ call, services, parameters, body }) => {
  const { principal } = body as { principal: string };
  return wireGroup(await services.groups.assign(call.caller.tenantId, parameters.id ?? '', principal));
});

export const unassignGroup = handler(OPERATIONS.unassignGroup, async ({ call, services, parameters }) => {
  await services.groups.unassign(call.caller.tenantId, parameters.id ?? '', parameters.principal ?? '');
  return null;
});

export const placeMachine = handler(OPERATIONS.placeMachine, async ({ call, services, parameters, body }) => {
  const { machine } = body as { machine: string };
  return wireGroup(await services.groups.place(call, parameters.id ?? '', machine));
});

export const unplaceMachine = handler(OPERATIONS.unplaceMachine, async ({ call, services, parameters }) => {
  await services.groups.unplace(call, parameters.id ?? '', parameters.machine ?? '');
  return null;
});
