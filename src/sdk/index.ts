/** What programs import from `cordon`. */

export type {
  Assurance,
  WireActionEvent as ActionEvent,
  WireActionRecord as ActionRecord,
  WireActionState as ActionState,
  WireApplication as Application,
  WireApplicationCreated as ApplicationCreated,
  WireControl as ControlState,
  WireEnrolmentToken as EnrolmentToken,
  WireEnrolmentTokenCreated as EnrolmentTokenCreated,
  WireGroup as Group,
  WireMachineState as MachineState,
  WirePinningMachine as PinningMachine,
  WireRequestedAction as RequestedAction,
  WireRole as Role,
  WireServerKey as ServerKey,
} from '../contract/cordon.ts';
export type { Evidence } from '../contract/device.ts';
export type { WireMachine as Machine } from '../contract/machine.ts';
export type { ActionStatus, WireMachineAction as MachineAction } from '../contract/machine-action.ts';
export { VENDOR_SCOPE } from '../contract/well-known.ts';
export type { ActionRequest, ActionVerbs, TimedActionRequest } from './actions.ts';
export type { AdministrationVerbs, GroupRule, WireSecretCreated as SecretCreated } from './administration.ts';
export { type ApplicationCredentials, type Client, type ClientOptions, client } from './client.ts';
export { all, type CollectionQuery } from './collection.ts';
export { Cordon } from './cordon.ts';
export { ClientError, type Fault, OWN_CODES } from './error.ts';
export { type FilterValue, filter } from './filter.ts';
export type { MachineVerbs } from './machines.ts';
export type { RetryPolicy } from './retry.ts';
export type { Service } from './service.ts';
export type { System } from './system.ts';
export {
  fixedToken,
  type TokenFunction,
  type TokenProvider,
  type TokenRequest,
} from './token.ts';
export { isFinal, type WaitOptions } from './wait.ts';
export type { DeliveryQuery, WebhookVerbs } from './webhooks.ts';
