/** What programs import from the SDK. */
export type { ActionRequest, ActionVerbs, TimedActionRequest } from './actions.ts';
export type { AdministrationVerbs, GroupRule, WireSecretCreated } from './administration.ts';
export { type ApplicationCredentials, type Client, type ClientOptions, client } from './client.ts';
export { all, type CollectionQuery } from './collection.ts';
export { ClientError, OWN_CODES } from './error.ts';
export type { MachineVerbs } from './machines.ts';
export { fixedToken, type TokenProvider, VENDOR_SCOPE } from './token.ts';
export { isFinal, type WaitOptions } from './wait.ts';
export type { DeliveryQuery, WebhookVerbs } from './webhooks.ts';
