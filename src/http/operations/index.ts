import type { OperationId } from '../../contract/operations.ts';
import type { Handler } from '../handler.ts';
import * as applications from './applications.ts';
import { cancelMachineAction } from './cancelMachineAction.ts';
import { changeMachineTags } from './changeMachineTags.ts';
import * as counts from './counts.ts';
import { createConsoleLink } from './createConsoleLink.ts';
import * as enrolmentTokens from './enrolmentTokens.ts';
import { exportActions } from './exportActions.ts';
import { findMachinesByIp } from './findMachinesByIp.ts';
import { findMachinesByTag } from './findMachinesByTag.ts';
import { getActionHistory } from './getActionHistory.ts';
import { getActionState } from './getActionState.ts';
import { getMachine } from './getMachine.ts';
import { getMachineAction } from './getMachineAction.ts';
import * as groups from './groups.ts';
import { listActionsOfMachine } from './listActionsOfMachine.ts';
import { listAlerts } from './listAlerts.ts';
import { listenToChanges } from './listenToChanges.ts';
import { listMachineActions } from './listMachineActions.ts';
import { listMachineSummaries } from './listMachineSummaries.ts';
import { listMachines } from './listMachines.ts';
import * as machineStates from './machineStates.ts';
import { requestActions } from './requestActions.ts';
import { restrictCodeExecution } from './restrictCodeExecution.ts';
import * as roles from './roles.ts';
import * as serverKeys from './serverKeys.ts';
import { timedRestrictCodeExecution } from './timedRestrictCodeExecution.ts';
import { unrestrictCodeExecution } from './unrestrictCodeExecution.ts';
import * as webhooks from './webhooks.ts';

/** What carries out each operation of the contract's table; one that is missing here does not compile. */
export const HANDLERS: Readonly<Record<OperationId, Handler>> = {
  restrictCodeExecution,
  unrestrictCodeExecution,
  listMachineActions,
  getMachineAction,
  cancelMachineAction,
  listMachines,
  getMachine,
  listActionsOfMachine,
  findMachinesByIp,
  findMachinesByTag,
  changeMachineTags,
  listAlerts,
  timedRestrictCodeExecution,
  requestActions,
  getActionState,
  getActionHistory,
  ...counts,
  exportActions,
  createConsoleLink,
  listMachineSummaries,
  listenToChanges,
  ...machineStates,
  ...applications,
  ...roles,
  ...groups,
  ...enrolmentTokens,
  ...serverKeys,
  ...webhooks,
};
