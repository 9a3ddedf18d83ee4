/**
 * What the rest of the server asks of a store, as small capabilities; a service takes the slice it needs. Each method
 * is one atomic unit: it happens whole and is durable when its promise resolves, or it did not happen. No transaction
 * is held across calls. Methods reject with `CordonError('ServiceUnavailable')` when the store cannot answer now
 * (disk full, deadline of a long read); any other rejection is a fault.
 */
import type { Control, Mode } from '../contract/control.ts';
import type { Evidence } from '../contract/device.ts';
import type { ActionStatus } from '../contract/machine-action.ts';
import type { Instant } from '../contract/time.ts';
import type { DeliveryState } from '../contract/webhook.ts';
import type { Device, EnrolmentToken, PinningMachine, ServerKey } from '../domain/access-records.ts';
import type { ActionEvent, ControlState, MachineAction } from '../domain/action.ts';
import type { ActionTarget, Machine, MachineRow } from '../domain/machine.ts';
import type { Page, Query } from '../domain/query.ts';
import type { Delivery, DeliveryAttempt, DeliveryKey, Webhook } from '../domain/webhook.ts';
import type { AccessStore } from './access-port.ts';
import type { SessionStore } from './session-port.ts';

export type { AccessStore } from './access-port.ts';
export type { SessionStore } from './session-port.ts';

/** Groups whose machines a caller sees; null means all. Group 0 holds the machines of no group. */
export type Visible = readonly number[] | null;

/** An `Idempotency-Key` with what it was used for. */
export interface IdempotencyKey {
  readonly caller: string;
  readonly key: string;
  /** SHA-256 over method, machine, operation and body, hexadecimal. */
  readonly fingerprint: string;
  readonly expiresAt: Instant;
}

/** A request for an action: the action without what the store numbers, and the mode it asks for. */
export interface ActionRequest {
  /** `generation`, `modeBefore`, `actionBefore` and `releaseBefore` are set by the store from the control's row. */
  readonly action: MachineAction;
  readonly mode: Mode;
  /** For a timed release: the generation that must still be there, with its deadline. */
  readonly atGeneration?: number;
  readonly event: ActionEvent;
  readonly idempotency: IdempotencyKey | null;
}

export type ActionRequested =
  | { readonly outcome: 'created'; readonly action: MachineAction }
  /** Another action of the control is active on the machine; nothing was written. */
  | { readonly outcome: 'active' }
  /** The control is not at `atGeneration` any more, or has no deadline; nothing was written. */
  | { readonly outcome: 'outdated' }
  /** The idempotency key is taken; nothing was written. */
  | { readonly outcome: 'keyTaken'; readonly fingerprint: string; readonly actionId: string }
  /** The machine is gone. */
  | { readonly outcome: 'noMachine' };

/** A change of status, guarded by the revision that the decision was made on. */
export interface Transition {
  readonly tenantId: string;
  readonly actionId: string;
  readonly machineId: string;
  readonly control: Control | null;
  readonly fromRevision: number;
  readonly status: ActionStatus;
  readonly at: Instant;
  readonly deadline: Instant | null;
  readonly cancellation: { readonly requestor: string; readonly comment: string | null } | null;
  readonly errorHResult: number;
  /** New desired mode with its action, when the end of the action moves it; raises the generation. */
  readonly desired: {
    readonly mode: Mode;
    readonly actionId: string | null;
    readonly releaseAt: Instant | null;
  } | null;
  /** What the device observed, written only when it is for the control's present generation. */
  readonly observed: Observed | null;
  readonly event: ActionEvent;
}

/** What a device reported of a control. */
export interface Observed {
  readonly generation: number;
  readonly mode: Mode;
  readonly proven: boolean;
  readonly drifted: boolean;
  readonly at: Instant;
  readonly evidence: Evidence | null;
}

export interface ActionStore {
  requestAction(request: ActionRequest): Promise<ActionRequested>;
  /** False when the action is not at `fromRevision` any more; nothing was written then. */
  advanceAction(transition: Transition): Promise<boolean>;
  action(tenantId: string, id: string, visible: Visible): Promise<MachineAction | null>;
  /** Newest first unless the query orders otherwise; actions of machines outside `visible` are left out. */
  actions(tenantId: string, query: Query, visible: Visible, machineId?: string): Promise<Page<MachineAction>>;
  /** In order of revision; after a final status, late proofs follow with the same revision and a later time. */
  actionEvents(tenantId: string, id: string): Promise<readonly ActionEvent[]>;
  /** The same of many actions at once, by their ids; at most 1,000. */
  eventsOfActions(
    tenantId: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, readonly ActionEvent[]>>;
  /**
   * Appends what came too late to change the status (a proof after `TimeOut`, a report for an old generation); false
   * when the action is not kept any more.
   */
  appendActionEvent(event: ActionEvent): Promise<boolean>;
  /** The action active on a control, null when there is none. */
  activeAction(tenantId: string, machineId: string, control: Control): Promise<MachineAction | null>;
  /** Those of many machines at once; at most 10,000 ids. */
  activeActions(tenantId: string, machineIds: readonly string[]): Promise<readonly MachineAction[]>;
  /**
   * Of each machine the action that is newest of those that have ended, where it ended as `Failed` or `TimeOut`; at most
   * 10,000 ids.
   */
  lastFailures(tenantId: string, machineIds: readonly string[]): Promise<readonly MachineAction[]>;
  /** Actions of all tenants whose deadline has passed, oldest first. */
  overdueActions(now: Instant, limit: number): Promise<readonly MachineAction[]>;
  /** Removes idempotency keys that expired before `now`; returns how many. */
  expireIdempotencyKeys(now: Instant, limit: number): Promise<number>;
}

/** Where an action stands in the order of creation. */
export interface ActionKey {
  readonly id: string;
  readonly createdAt: Instant;
}

export interface RetentionStore {
  /** Final actions that ended before the instant, in order of creation, those after the key. */
  endedActions(
    tenantId: string,
    before: Instant,
    after: ActionKey | null,
    limit: number,
  ): Promise<readonly ActionKey[]>;
  /**
   * Removes an action that ended before the instant, with its events and deliveries. False, and nothing removed, when it
   * is active, a desired mode follows from it, one may have to go back to it, or an enabled webhook waits for it.
   */
  removeAction(tenantId: string, id: string, before: Instant): Promise<boolean>;
}

/** What is there over all tenants. */
export interface Tally {
  /** Actions that are not final, by status; a status without any is left out. */
  readonly active: readonly { status: ActionStatus; count: number; oldest: Instant }[];
  /** Machines not `Inactive` that were not seen since the instant asked for. */
  readonly overdueMachines: number;
  /** Deliveries that wait for an enabled webhook, and the time of the oldest one's transition. */
  readonly deliveries: { readonly count: number; readonly oldest: Instant | null };
}

export interface TallyStore {
  /** Counts beside everybody else, within seconds. */
  tally(seenBefore: Instant): Promise<Tally>;
  /** What waits at this moment. */
  waiting(): Waiting;
}

/** Writes that wait for their commit, and long reads that wait for their turn or run. */
export interface Waiting {
  readonly writes: number;
  readonly scans: number;
}

/** Facts of a machine that its device may change. */
export type MachineFacts = Pick<
  Machine,
  | 'computerDnsName'
  | 'osPlatform'
  | 'osVersion'
  | 'osProcessor'
  | 'osArchitecture'
  | 'version'
  | 'osBuild'
  | 'agentVersion'
  | 'lastIpAddress'
  | 'addresses'
  | 'aadDeviceId'
  | 'isAadJoined'
  | 'drivers'
  | 'hardwareFingerprint'
>;

export interface MachineStore {
  /**
   * By id (any letter case), else by `aadDeviceId`, else by `computerDnsName` (any letter case; the one seen last when
   * several have it). Null when there is none that the caller may see.
   */
  machine(tenantId: string, reference: string, visible: Visible): Promise<Machine | null>;
  /** The same machine, only what a request for an action needs: this read is on the hot path. */
  actionTarget(tenantId: string, reference: string, visible: Visible): Promise<ActionTarget | null>;
  /** Ordered by id unless the query orders otherwise. */
  machines(tenantId: string, query: Query, visible: Visible): Promise<Page<Machine>>;
  /** The same in short, for lists of thousands. */
  machineRows(tenantId: string, query: Query, visible: Visible): Promise<Page<MachineRow>>;
  /** Machines that had the address at some time between the two instants. */
  machinesByAddress(
    tenantId: string,
    address: string,
    from: Instant,
    to: Instant,
    visible: Visible,
  ): Promise<readonly Machine[]>;
  machinesByTag(
    tenantId: string,
    tag: string,
    startsWith: boolean,
    visible: Visible,
  ): Promise<readonly Machine[]>;
  /** Adding a tag that is there, or removing one that is not, changes nothing. */
  changeTag(tenantId: string, machineId: string, tag: string, change: 'add' | 'remove'): Promise<void>;
  /** Sets the groups of machines; used when rules, tags or facts change. */
  assignGroups(
    tenantId: string,
    groups: readonly { machineId: string; groupId: number; pinned: boolean }[],
  ): Promise<void>;
  updateFacts(tenantId: string, machineId: string, facts: MachineFacts): Promise<void>;
  /** One unit for many machines: `lastSeen` (never backwards) and the address seen by the server. */
  touchMachines(
    seen: readonly { tenantId: string; machineId: string; at: Instant; externalAddress: string | null }[],
  ): Promise<void>;
  /** Marks machines `Inactive` that were not seen since `before`, and `Active` again when touched; returns how many changed. */
  markInactive(before: Instant, limit: number): Promise<number>;
}

export interface ControlStore {
  /** For who acts on them: their evidence is null, since it is most of a row. */
  controls(tenantId: string, machineId: string): Promise<readonly ControlState[]>;
  /** For who looks at them, of many machines at once; at most 10,000 ids. Evidence is null where it is not asked for. */
  controlsOf(
    tenantId: string,
    machineIds: readonly string[],
    evidence?: 'with' | 'without',
  ): Promise<readonly ControlState[]>;
  /** Controls of all tenants whose deadline has passed and which no action holds, longest passed first. */
  dueReleases(now: Instant, limit: number): Promise<readonly ControlState[]>;
  /** Writes an observation that no transition goes with; false when the generation is not the control's any more. */
  observe(tenantId: string, machineId: string, control: Control, observed: Observed): Promise<boolean>;
}

/** A machine with its device, as an enrolment writes it. */
export interface Enrolment {
  readonly tokenId: string;
  readonly machine: Machine;
  readonly device: Device;
  readonly at: Instant;
}

export interface DeviceStore {
  device(machineId: string): Promise<Device | null>;
  /** The device that enrolled a key, null when none of the tenant did. */
  deviceByKey(tenantId: string, publicKey: string): Promise<Device | null>;
  /** Uses the token up by one and writes the machine; false when the token is used up, expired or revoked. */
  enrol(enrolment: Enrolment): Promise<boolean>;
  /**
   * Replaces the key and the server's key that is pinned, resets the sequence. With `tokenId` it also uses that token up by one; false when the token
   * does not serve any more, or the key is not `oldKey` any more.
   */
  replaceKey(change: {
    tokenId: string | null;
    tenantId: string;
    machineId: string;
    oldKey: string;
    newKey: string;
    serverKeyId: string;
    at: Instant;
  }): Promise<boolean>;
  /** Gives the device an epoch of its own, in which nothing is proven yet; false when it is not at `from` any more. */
  renewEpoch(machineId: string, from: string, to: string): Promise<boolean>;
  /** Notes that the device has pinned another key of the server; false when what was noted is not `from` any more. */
  pinServerKey(machineId: string, from: string, to: string): Promise<boolean>;
  /** How many devices of all tenants have pinned each key of the server; keys that none has are left out. */
  devicesByServerKey(): Promise<ReadonlyMap<string, number>>;
  /** Machines of a tenant whose device has pinned the key, those first that were not seen for longest. */
  machinesByServerKey(
    tenantId: string,
    serverKeyId: string,
    limit: number,
  ): Promise<readonly PinningMachine[]>;
  /** Raises the stored sequence; never lowers it. */
  received(machineId: string, sequence: number): Promise<void>;
  machineByFingerprint(tenantId: string, fingerprint: string): Promise<Machine | null>;
  enrolmentTokenByHash(hash: string): Promise<EnrolmentToken | null>;
  createEnrolmentToken(token: EnrolmentToken): Promise<void>;
  enrolmentTokens(tenantId: string): Promise<readonly EnrolmentToken[]>;
  revokeEnrolmentToken(tenantId: string, id: string, at: Instant): Promise<boolean>;
}

export interface KeyStore {
  serverKeys(): Promise<readonly ServerKey[]>;
  /** Keeps the first of several concurrent keys with the same purpose and `activeFrom`; returns those in the store. */
  addServerKey(key: ServerKey): Promise<readonly ServerKey[]>;
  retireServerKey(id: string, at: Instant): Promise<void>;
  /** Retires a key that no device has pinned; false when one has, or it was retired before. */
  retireUnpinnedServerKey(id: string, at: Instant): Promise<boolean>;
  /** A single value of the installation: `epoch`, `emulator`, … Null when never written. */
  setting(name: string): Promise<string | null>;
  /** Writes a setting once; returns the value that is there afterwards, which may be somebody else's. */
  settle(name: string, value: string): Promise<string>;
  /**
   * Begins the first epoch, or that of a restored store, which has none: what was observed before it is not proven any
   * more. Nothing is changed where there is one. Returns the epoch that is there afterwards.
   */
  beginEpoch(epoch: string): Promise<string>;
  changeSetting(name: string, value: string): Promise<void>;
}

/** Counts of calls that all processes of an installation share. */
export interface CallStore {
  /**
   * Takes `count` calls of a window, which begins with its first call and is `limit` calls wide; all or none of them.
   * `taken` is what the window has had since. Refused, the window is full until `endsAt`.
   */
  takeCalls(take: {
    tenantId: string;
    /** Of caller, operation and length of the window. */
    name: string;
    limit: number;
    count: number;
    now: Instant;
    /** End of the window, should it begin now. */
    endsAt: Instant;
  }): Promise<
    | { readonly granted: true; readonly taken: number; readonly endsAt: Instant }
    | { readonly granted: false; readonly endsAt: Instant }
  >;
  /** Removes windows that ended before `now`; returns how many. */
  expireCalls(now: Instant, limit: number): Promise<number>;
}

/** Which deliveries; null leaves each bound open. */
export interface DeliveryRange {
  readonly state: DeliveryState | null;
  /** Transitions at this time or later, and before that one. */
  readonly since: Instant | null;
  readonly until: Instant | null;
}

/** How an attempt ended, and what becomes of its delivery. */
export interface EndedAttempt {
  readonly delivery: DeliveryKey;
  readonly lease: string;
  readonly attempt: DeliveryAttempt;
  readonly outcome: {
    readonly state: DeliveryState;
    readonly failures: number;
    /** When the next attempt may begin; null where the delivery has ended. */
    readonly dueAt: Instant | null;
    /** Disables the webhook. */
    readonly gone: boolean;
  };
  readonly at: Instant;
}

/**
 * Webhooks and their outbox. The unit that writes a transition writes a delivery for each webhook of the tenant with it.
 * Of an action, a webhook is told one transition at a time, in their order.
 */
export interface WebhookStore {
  /** False when the tenant has `most` already; of several made at once one more may get in. */
  createWebhook(webhook: Webhook, most: number): Promise<boolean>;
  webhook(tenantId: string, id: string): Promise<Webhook | null>;
  /** In the order in which they were made. */
  webhooks(tenantId: string): Promise<readonly Webhook[]>;
  /** Null leaves a property as it is. */
  changeWebhook(
    tenantId: string,
    id: string,
    change: { name: string | null; url: string | null; enabled: boolean | null; at: Instant },
  ): Promise<boolean>;
  /** False when the secret is not `from` any more. */
  rotateWebhookSecret(
    tenantId: string,
    id: string,
    change: { from: string; to: string; until: Instant },
  ): Promise<boolean>;
  deleteWebhook(tenantId: string, id: string, at: Instant): Promise<boolean>;
  /** Those of all tenants whose deliveries are to be removed. */
  deletedWebhooks(): Promise<readonly Pick<Webhook, 'tenantId' | 'id'>[]>;
  /** Removes deliveries of a deleted webhook, and itself after the last; returns how many deliveries. */
  purgeWebhook(tenantId: string, id: string, deletedBefore: Instant, limit: number): Promise<number>;

  /** Newest first, those after the key. */
  deliveries(
    tenantId: string,
    webhookId: string,
    range: DeliveryRange,
    after: Pick<Delivery, 'createdAt' | 'actionId' | 'revision'> | null,
    limit: number,
  ): Promise<readonly Delivery[]>;
  delivery(key: DeliveryKey): Promise<Delivery | null>;
  /** Oldest first. */
  deliveryAttempts(key: DeliveryKey): Promise<readonly DeliveryAttempt[]>;
  /** Lets a delivery wait again, its schedule from the beginning; false when there is none, or it is under way. */
  replayDelivery(key: DeliveryKey, now: Instant): Promise<boolean>;
  /** The same of those that ended before `now`, the oldest first; returns how many. */
  replayDeliveries(
    tenantId: string,
    webhookId: string,
    range: DeliveryRange,
    now: Instant,
    limit: number,
  ): Promise<number>;

  /** Enabled webhooks of all tenants for which something is due. */
  dueWebhooks(now: Instant): Promise<readonly Webhook[]>;
  /**
   * Takes due deliveries for one attempt each; nobody else gets them until `until`. `more` says that it should be asked
   * again at once.
   */
  claimDeliveries(
    webhook: Pick<Webhook, 'tenantId' | 'id'>,
    claim: { now: Instant; until: Instant; lease: string; limit: number },
  ): Promise<{ readonly deliveries: readonly Delivery[]; readonly more: boolean }>;
  /** False when the lease is somebody else's by now; nothing was written then. */
  endAttempt(ended: EndedAttempt): Promise<boolean>;
  /** Gives a delivery back, as if it had not been taken. */
  releaseDelivery(key: DeliveryKey, lease: string, now: Instant): Promise<boolean>;
  /** Gives back what anybody has; for the start of a process that has the store for itself. Returns how many. */
  releaseDeliveries(now: Instant): Promise<number>;
  /** Calls back when this process has written deliveries; others notice by looking. */
  onDeliveries(listener: () => void): void;
}

/** Everything, with the life of the store itself. */
export interface Store
  extends ActionStore,
    MachineStore,
    ControlStore,
    DeviceStore,
    AccessStore,
    KeyStore,
    RetentionStore,
    TallyStore,
    CallStore,
    WebhookStore,
    SessionStore,
    AsyncDisposable {
  /** True when no other process can write to the store while it is open. */
  readonly exclusive: boolean;
  /** True when the store answers reads and can write. */
  ready(): Promise<boolean>;
  /** Removes all rows but the settings `epoch` and `emulator` and the server's keys; for the emulator's reset only. */
  clear(): Promise<void>;
}
