import { createHash } from 'node:crypto';
import { ACTION_TYPES, type ActionTypeName } from '../contract/control.ts';
import { type Instant, wireTime } from '../contract/time.ts';
import { type ActionEvent, type MachineAction, pendingAction } from '../domain/action.ts';
import { CordonError } from '../domain/error.ts';
import type { Page, Query } from '../domain/query.ts';
import { requireSupport } from '../domain/support.ts';
import { releaseStands } from '../domain/timed-release.ts';
import type { ActionStore, ControlStore, IdempotencyKey, MachineStore } from '../store/port.ts';
import { actorOf, type Call, callerKey, requestorOf } from './call.ts';
import { type Clock, instantAfter, noLaterThan } from './clock.ts';
import { checkedComment, checkedOptionalComment, requireText } from './comment.ts';
import type { Hints } from './hints.ts';
import type { Log } from './log.ts';
import { checkedReleaseAfter } from './release-after.ts';
import { afterTransition, transitionOf } from './transition.ts';

/** Milliseconds after which an action times out in a status. */
export interface Timeouts {
  readonly pending: number;
  readonly progress: number;
}

export interface ActionsDependencies {
  readonly store: ActionStore & MachineStore & ControlStore;
  readonly clock: Clock;
  /** Ids are in the order of creation. */
  readonly newActionId: (createdAt: Instant) => string;
  readonly hints: Hints;
  readonly log: Log;
  /** By machine, so that a simulated one can have its own. */
  readonly timeouts: (machine: { computerDnsName: string | null }) => Timeouts;
}

/** What a caller sends to start an action. */
export interface ActionInput {
  readonly comment: string;
  readonly externalId: string | null;
  /** For a restriction that ends by itself: an ISO 8601 duration. Null or left out, only a person ends it. */
  readonly releaseAfter?: string | null;
  /** The `Idempotency-Key` header; null without one. */
  readonly idempotencyKey: string | null;
}

export type Actions = ReturnType<typeof createActions>;

/** How long a repeated `Idempotency-Key` gets the same action. */
const IDEMPOTENCY_MILLISECONDS = 24 * 3_600_000;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** Requesting, reading and cancelling machine actions. */
export function createActions({ store, clock, newActionId, hints, log, timeouts }: ActionsDependencies) {
  const get = async (call: Call, id: string): Promise<MachineAction> => {
    if (!GUID.test(id)) {
      throw new CordonError(
        'BadRequest',
        `${shortened(id)} is not the id of a machine action: a GUID is expected.`,
      );
    }
    const action = await store.action(call.caller.tenantId, id.toLowerCase(), call.visible);
    if (action === null) throw notFound('Machine action', id);
    return action;
  };

  /**
   * Accepts an action; it is durable when this resolves.
   * @throws CordonError `MissingRequiredParameter`, `InvalidInput`, `ResourceNotFound`, `ClientVersionNotSupported`,
   *   `OsPlatformNotSupported`, `ActiveRequestAlreadyExists`, `IdempotencyMismatch`
   */
  const request = async (
    call: Call,
    typeName: ActionTypeName,
    reference: string,
    input: ActionInput,
  ): Promise<MachineAction> => {
    const { comment, releaseAfter } = checkedInput(input);
    const machine = await store.actionTarget(call.caller.tenantId, reference, call.visible);
    if (machine === null) throw notFound('Machine', reference);
    const type = ACTION_TYPES[typeName];
    requireSupport(type, machine);
    const milliseconds = clock.milliseconds();
    const at = clock.now();
    const releaseAt = releaseAfter === null ? null : instantAfter(milliseconds, releaseAfter);
    const action = pendingAction({
      tenantId: machine.tenantId,
      id: newActionId(at),
      type: typeName,
      control: type.control,
      machineId: machine.id,
      computerDnsName: machine.computerDnsName,
      requestor: requestorOf(call.caller),
      requestorComment: comment,
      at,
      externalId: input.externalId,
      releaseAt,
      releaseOf: null,
      deadline: noLaterThan(releaseAt, instantAfter(milliseconds, timeouts(machine).pending)),
    });
    const idempotency =
      input.idempotencyKey === null
        ? null
        : idempotencyOf(
            call,
            input.idempotencyKey,
            action,
            releaseAfter,
            instantAfter(milliseconds, IDEMPOTENCY_MILLISECONDS),
          );
    const requested = await store.requestAction({
      action,
      mode: type.mode,
      event: requestedEvent(action, call),
      idempotency,
    });
    switch (requested.outcome) {
      case 'created':
        hints.wake(machine.id);
        log.info(
          {
            correlation: call.correlation,
            action: action.id,
            type: typeName,
            machine: machine.id,
            requestor: callerKey(call.caller),
          },
          'action requested',
        );
        return requested.action;
      case 'active':
      case 'outdated':
        throw new CordonError('ActiveRequestAlreadyExists', 'Action is already in progress');
      case 'noMachine':
        throw notFound('Machine', reference);
      case 'keyTaken':
        if (requested.fingerprint !== idempotency?.fingerprint) {
          throw new CordonError(
            'IdempotencyMismatch',
            'Invalid input Idempotency-Key. It was used before for a different request; send a new key.',
          );
        }
        return get(call, requested.actionId);
    }
  };

  /**
   * Cancels an action that is not final. Loses against a transition that came first by reading again, so a proof
   * that arrived in between is answered with the refusal it means.
   * @param said Why; null when the caller does not say.
   * @throws CordonError `BadRequest` when the action is final or the id malformed, `InvalidInput`, `ResourceNotFound`
   */
  const cancel = async (call: Call, id: string, said: string | null): Promise<MachineAction> => {
    const comment = checkedOptionalComment(said);
    for (;;) {
      const action = await get(call, id);
      const transition = transitionOf(action, 'cancel', {
        at: clock.now(),
        actor: actorOf(call.caller),
        cause: 'cancelled',
        deadline: null,
        cancellation: { requestor: requestorOf(call.caller), comment },
      });
      if (transition === null) {
        throw new CordonError(
          'BadRequest',
          `Action ${action.id} is already ${action.status} and can't be cancelled.`,
        );
      }
      if (await store.advanceAction(transition)) {
        hints.wake(action.machineId);
        log.info(
          {
            correlation: call.correlation,
            action: action.id,
            machine: action.machineId,
            requestor: callerKey(call.caller),
          },
          'action cancelled',
        );
        return afterTransition(action, transition);
      }
    }
  };

  return {
    request,
    cancel,
    get,
    list: (call: Call, query: Query): Promise<Page<MachineAction>> =>
      store.actions(call.caller.tenantId, query, call.visible),
    async listOfMachine(call: Call, reference: string, query: Query): Promise<Page<MachineAction>> {
      const machine = await store.actionTarget(call.caller.tenantId, reference, call.visible);
      if (machine === null) throw notFound('Machine', reference);
      return store.actions(call.caller.tenantId, query, call.visible, machine.id);
    },
    /** A page of actions with the history of each. */
    async listWithHistory(
      call: Call,
      query: Query,
    ): Promise<Page<{ readonly action: MachineAction; readonly events: readonly ActionEvent[] }>> {
      const { tenantId } = call.caller;
      const page = await store.actions(tenantId, query, call.visible);
      const ids = page.rows.map(({ id }) => id);
      const events = await store.eventsOfActions(tenantId, ids);
      return { ...page, rows: page.rows.map((action) => ({ action, events: events.get(action.id) ?? [] })) };
    },
    /** Whether the release that an action asked for is still to come. */
    async releaseStands(action: MachineAction): Promise<boolean> {
      if (action.releaseAt === null) return false;
      const states = await store.controls(action.tenantId, action.machineId);
      return states.some((state) => releaseStands(action, state));
    },
    async history(call: Call, id: string): Promise<readonly ActionEvent[]> {
      const action = await get(call, id);
      return store.actionEvents(action.tenantId, action.id);
    },
  };
}

function requestedEvent(action: MachineAction, call: Call): ActionEvent {
  return {
    tenantId: action.tenantId,
    actionId: action.id,
    revision: 1,
    at: action.createdAt,
    status: 'Pending',
    actor: actorOf(call.caller),
    cause:
      action.releaseAt === null ? 'requested' : `requested, with a release at ${wireTime(action.releaseAt)}`,
    evidence: null,
  };
}

/**
 * What can be said of a request before its machine is known.
 * @returns the comment, and the milliseconds of `releaseAfter`
 * @throws CordonError `MissingRequiredParameter`, `InvalidInput`
 */
export function checkedInput(input: ActionInput): { comment: string; releaseAfter: number | null } {
  const comment = checkedComment(input.comment);
  if (input.externalId !== null) requireText('ExternalId', input.externalId);
  const releaseAfter = checkedReleaseAfter(input.releaseAfter ?? null);
  if (input.idempotencyKey !== null && !VISIBLE_ASCII.test(input.idempotencyKey)) {
    throw new CordonError(
      'InvalidInput',
      'Invalid input Idempotency-Key. 1 to 255 visible ASCII characters are expected.',
    );
  }
  return { comment, releaseAfter };
}

function idempotencyOf(
  call: Call,
  key: string,
  action: MachineAction,
  releaseAfter: number | null,
  expiresAt: Instant,
): IdempotencyKey {
  const what = ['POST', action.machineId, action.type, action.requestorComment, action.externalId];
  if (releaseAfter !== null) what.push(String(releaseAfter));
  const fingerprint = createHash('sha256').update(JSON.stringify(what)).digest('hex');
  return { caller: callerKey(call.caller), key, fingerprint, expiresAt };
}

/** Names come from the caller, so that the answer repeats no more of them than a person needs. */
export function shortened(name: string): string {
  return name.length > 128 ? `${name.slice(0, 128)}…` : name;
}

export function notFound(kind: string, name: string): CordonError {
  return new CordonError('ResourceNotFound', `${kind} ${shortened(name)} was not found`);
}
