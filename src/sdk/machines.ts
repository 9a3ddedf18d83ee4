import type { WireMachineSummary } from '../contract/console.ts';
import type { WireMachineState } from '../contract/cordon.ts';
import type { WireMachine } from '../contract/machine.ts';
import { type CollectionQuery, collection } from './collection.ts';
import type { Transport } from './transport.ts';

export interface MachineVerbs {
  machines(query?: CollectionQuery): AsyncGenerator<WireMachine, void, undefined>;
  /** `id` is a machine id, a DNS name or a directory id. */
  machine(id: string, signal?: AbortSignal): Promise<WireMachine>;
  /** Machines with what is wanted of and observed on each control; Cordon only. */
  machineStates(query?: CollectionQuery): AsyncGenerator<WireMachineState, void, undefined>;
  /** Machines in short, as rows of a long list show them; Cordon only. */
  machineSummaries(query?: CollectionQuery): AsyncGenerator<WireMachineSummary, void, undefined>;
  machineState(id: string, signal?: AbortSignal): Promise<WireMachineState>;
  tag(id: string, tag: string, change: 'Add' | 'Remove', signal?: AbortSignal): Promise<WireMachine>;
}

export function machineVerbs(call: Transport): MachineVerbs {
  return {
    machines: (query = {}) => collection(call, 'listMachines', query),
    machine: (id, signal) => call('getMachine', { parameters: { id }, signal }),
    machineStates: (query = {}) => collection(call, 'listMachineStates', query),
    machineSummaries: (query = {}) => collection(call, 'listMachineSummaries', query),
    machineState: (id, signal) => call('getMachineState', { parameters: { id }, signal }),
    tag: (id, tag, change, signal) =>
      call('changeMachineTags', { parameters: { id }, body: { Value: tag, Action: change }, signal }),
  };
}
