import type { WireMachineSummary, WireSummaryControl } from '../../contract/console.ts';
import type { WireControl, WireMachineState } from '../../contract/cordon.ts';
import type { WireMachine } from '../../contract/machine.ts';
import { wireTime } from '../../contract/time.ts';
import type { ControlState, MachineAction } from '../../domain/action.ts';
import { assuranceOf } from '../../domain/assurance.ts';
import type { Machine } from '../../domain/machine.ts';
import type { MachineSummary } from '../../service/summaries.ts';

/** A machine as the wire has it, in the captured order (reference, section 5.2). */
export function wireMachine(machine: Machine): WireMachine {
  return {
    id: machine.id,
    mergedIntoMachineId: machine.mergedIntoMachineId,
    isPotentialDuplication: machine.isPotentialDuplication,
    isExcluded: machine.isExcluded,
    exclusionReason: machine.exclusionReason,
    computerDnsName: machine.computerDnsName,
    firstSeen: wireTime(machine.firstSeen),
    lastSeen: wireTime(machine.lastSeen),
    osPlatform: machine.osPlatform,
    osVersion: machine.osVersion,
    osProcessor: machine.osProcessor,
    version: machine.version,
    lastIpAddress: machine.lastIpAddress,
    lastExternalIpAddress: machine.lastExternalIpAddress,
    agentVersion: machine.agentVersion,
    osBuild: machine.osBuild,
    healthStatus: machine.healthStatus,
    deviceValue: machine.deviceValue,
    rbacGroupId: machine.groupId,
    rbacGroupName: machine.groupName,
    riskScore: machine.riskScore,
    exposureLevel: machine.exposureLevel,
    isAadJoined: machine.isAadJoined,
    aadDeviceId: machine.aadDeviceId,
    machineTags: [...machine.tags],
    onboardingStatus: machine.onboardingStatus,
    osArchitecture: machine.osArchitecture,
    managedBy: machine.managedBy,
    managedByStatus: machine.managedByStatus,
    ipAddresses: [...machine.addresses],
    vmMetadata: null,
  };
}

/** The vendor's machine with what Cordon knows of its controls. */
export function wireMachineState(machine: Machine, states: readonly ControlState[]): WireMachineState {
  return {
    ...wireMachine(machine),
    groupPlaced: machine.groupPinned,
    drivers: [...machine.drivers],
    controls: states.map(wireControl),
  };
}

function wireControl(state: ControlState): WireControl {
  return { ...wireSummaryControl(state), evidence: state.evidence };
}

function wireSummaryControl(state: ControlState): WireSummaryControl {
  return {
    control: state.control,
    mode: state.mode,
    assurance: assuranceOf(state),
    generation: state.generation,
    actionId: state.actionId,
    observedMode: state.observedMode,
    observedAt: state.observedAt === null ? null : wireTime(state.observedAt),
    releaseAt: state.releaseAt === null ? null : wireTime(state.releaseAt),
  };
}

/** A machine in short. */
export function wireMachineSummary({
  machine,
  states,
  active,
  failure,
  connected,
}: MachineSummary): WireMachineSummary {
  return {
    id: machine.id,
    computerDnsName: machine.computerDnsName,
    osPlatform: machine.osPlatform,
    osVersion: machine.osVersion,
    version: machine.version,
    healthStatus: machine.healthStatus,
    lastSeen: wireTime(machine.lastSeen),
    lastIpAddress: machine.lastIpAddress,
    rbacGroupId: machine.groupId,
    rbacGroupName: machine.groupName,
    machineTags: [...machine.tags],
    agentVersion: machine.agentVersion,
    controls: states.map(wireSummaryControl),
    connected,
    activeAction: active === null ? null : wireActive(active),
    lastFailure: failure === null ? null : { id: failure.id, type: failure.type, status: failure.status },
  };
}

function wireActive(action: MachineAction): WireMachineSummary['activeAction'] {
  const { id, type, status, requestor } = action;
  return { id, type, status, requestor, creationDateTimeUtc: wireTime(action.createdAt) };
}
