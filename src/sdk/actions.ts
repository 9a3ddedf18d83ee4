import type { ActionTypeName } from '../contract/control.ts';
import type {
  WireActionEvent,
  WireActionRecord,
  WireActionState,
  WireRequestedAction,
} from '../contract/cordon.ts';
import type { WireMachineAction } from '../contract/machine-action.ts';
import { type CollectionQuery, collection } from './collection.ts';
import { ClientError, lacksAddress } from './error.ts';
import type { Transport } from './transport.ts';
import { type WaitOptions, type WaitWorld, waitUntilFinal } from './wait.ts';

export interface ActionRequest {
  /** Why, for the people who read the history; 1 to 4,000 characters. */
  readonly comment: string;
  /** The caller's own correlation id, at most 255 characters. */
  readonly externalId?: string | undefined;
  /**
   * 1 to 255 visible ASCII characters. The same key with the same request gives the same action for 24 hours, so a
   * broken connection is retried without a second action. Left out, each request has a fresh one. The vendor's
   * service ignores it.
   */
  readonly idempotencyKey?: string | undefined;
  /** Resolve only once the action is final, as `waitFor` does; `true` for as long as it takes, a number for so many milliseconds. */
  readonly wait?: boolean | number | WaitOptions | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TimedActionRequest extends Omit<ActionRequest, 'wait'> {
  /** ISO 8601 duration from `PT1M` to `P90D`, counted from the request; years and months are not taken. */
  readonly releaseAfter: string;
}

export interface ActionVerbs {
  /** Lets the machine run trusted software only. `machine` is a machine id, a DNS name or a directory id. */
  restrict(machine: string, request: ActionRequest): Promise<WireMachineAction>;
  /**
   * The same until a time has passed; then the machine is released, by the device itself where it does not reach the
   * server. Cordon only.
   * @throws ClientError `NoTimedRelease` where the service has no such thing; nothing was asked of the machine then.
   */
  restrictFor(machine: string, request: TimedActionRequest): Promise<WireActionState>;
  /**
   * Asks for one action on each of at most 500 machines in one call; each is accepted or refused for itself, and the
   * results come in the order of the machines. Cordon only.
   */
  requestMany(
    type: ActionTypeName,
    machines: readonly string[],
    request: ActionRequest & Partial<TimedActionRequest>,
  ): Promise<WireRequestedAction[]>;
  /** Lets the machine run any application again. */
  unrestrict(machine: string, request: ActionRequest): Promise<WireMachineAction>;
  /** Cancels an action that is not final. */
  cancel(action: string, comment: string, signal?: AbortSignal): Promise<WireMachineAction>;
  action(id: string, signal?: AbortSignal): Promise<WireMachineAction>;
  /** The action with the release that was asked for with it; Cordon only. */
  actionState(id: string, signal?: AbortSignal): Promise<WireActionState>;
  /** Newest first. */
  actions(query?: CollectionQuery): AsyncGenerator<WireMachineAction, void, undefined>;
  actionsOf(machine: string, query?: CollectionQuery): AsyncGenerator<WireMachineAction, void, undefined>;
  /** Who did what to the action, with evidence; Cordon only. */
  history(action: string, signal?: AbortSignal): Promise<WireActionEvent[]>;
  /** Actions with the history of each, oldest first; Cordon only. */
  records(
    query?: Pick<CollectionQuery, 'filter' | 'signal'>,
  ): AsyncGenerator<WireActionRecord, void, undefined>;
  /**
   * Resolves with the action once it is final, whichever way it ended: `Succeeded` alone is success.
   * @throws ClientError `StillActive` when `timeout` ends first. The error of a wait has the `action` as last seen.
   */
  waitFor(action: string | WireMachineAction, options?: WaitOptions): Promise<WireMachineAction>;
}

/** What the verbs need besides the calls. */
export interface ActionWorld extends WaitWorld {
  /** A key for a request that has none; undefined where it would be of no use. */
  newKey(): string | undefined;
}

export function actionVerbs(call: Transport, world: ActionWorld): ActionVerbs {
  const post = <T>(
    route: 'restrictCodeExecution' | 'unrestrictCodeExecution' | 'timedRestrictCodeExecution',
    machine: string,
    request: Omit<ActionRequest, 'wait'>,
    more: object = {},
  ) =>
    call<T>(route, {
      parameters: { id: machine },
      body: {
        Comment: request.comment,
        ...(request.externalId === undefined ? {} : { ExternalId: request.externalId }),
        ...more,
      },
      idempotencyKey: request.idempotencyKey ?? world.newKey(),
      signal: request.signal,
    });
  const restrictFor = async (machine: string, request: TimedActionRequest) => {
    try {
      return await post<WireActionState>('timedRestrictCodeExecution', machine, request, {
        ReleaseAfter: request.releaseAfter,
      });
    } catch (error) {
      if (!lacksAddress(error)) throw error;
      const message =
        'This service has no restriction that ends by itself. Nothing was asked of the machine.';
      throw new ClientError({ code: 'NoTimedRelease', message, status: 404, target: error.target });
    }
  };
  const action = (id: string, signal?: AbortSignal) =>
    call<WireMachineAction>('getMachineAction', { parameters: { id }, signal });
  const waitFor = (target: string | WireMachineAction, options: WaitOptions = {}) => {
    const [id, begun] = typeof target === 'string' ? [target, null] : [target.id, target];
    const read = (signal: AbortSignal | undefined) =>
      call<WireMachineAction>('getMachineAction', { parameters: { id }, signal, single: true });
    return waitUntilFinal({ id, begun }, read, options, world);
  };
  const ask = async (
    route: 'restrictCodeExecution' | 'unrestrictCodeExecution',
    machine: string,
    request: ActionRequest,
  ) => {
    const begun = await post<WireMachineAction>(route, machine, request);
    const { wait = false, signal } = request;
    if (wait === false) return begun;
    const options = typeof wait === 'number' ? { timeout: wait } : wait;
    return waitFor(begun, { signal, ...(options === true ? {} : options) });
  };

  return {
    restrict: (machine, request) => ask('restrictCodeExecution', machine, request),
    restrictFor,
    requestMany: async (type, machines, { comment, externalId, releaseAfter, idempotencyKey, signal }) => {
      const reply = await call<{ value: WireRequestedAction[] }>('requestActions', {
        body: {
          Type: type,
          Machines: machines,
          Comment: comment,
          ...(externalId === undefined ? {} : { ExternalId: externalId }),
          ...(releaseAfter === undefined ? {} : { ReleaseAfter: releaseAfter }),
        },
        idempotencyKey,
        signal,
      });
      return reply.value;
    },
    unrestrict: (machine, request) => ask('unrestrictCodeExecution', machine, request),
    cancel: (id, comment, signal) =>
      call('cancelMachineAction', { parameters: { id }, body: { Comment: comment }, signal }),
    action,
    actionState: (id, signal) => call('getActionState', { parameters: { id }, signal }),
    actions: (query = {}) => collection(call, 'listMachineActions', query),
    actionsOf: (machine, query = {}) => collection(call, 'listActionsOfMachine', query, { id: machine }),
    history: async (id, signal) => {
      const page = await call<{ value: WireActionEvent[] }>('getActionHistory', {
        parameters: { id },
        signal,
      });
      return page.value;
    },
    records: (query = {}) =>
      collection(call, 'exportActions', { ...query, orderBy: 'creationDateTimeUtc asc' }),
    waitFor,
  };
}
