import type { WireActionEvent, WireActionState, WireMachineState } from '../../../src/contract/cordon.ts';
import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { call } from '../wire/call.ts';
import type { Collection } from '../wire/odata.ts';

export const readMachine = (id: string): Promise<WireMachineState> =>
  call<WireMachineState>(`/cordon/v1/machines/${encodeURIComponent(id)}`);

/** Actions that the timeline has; the action center has all. */
export const TIMELINE = 50;

/** The newest actions of a machine. */
export const readTimeline = (id: string): Promise<Collection<WireMachineAction>> =>
  call<Collection<WireMachineAction>>(
    `/api/machines/${encodeURIComponent(id)}/machineactions?$top=${TIMELINE}&$count=true`,
  );

export const readAction = (id: string): Promise<WireActionState> =>
  call<WireActionState>(`/cordon/v1/machineactions/${id}`);

export const readHistory = async (id: string): Promise<WireActionEvent[]> =>
  (await call<{ value: WireActionEvent[] }>(`/cordon/v1/machineactions/${id}/history`)).value;
