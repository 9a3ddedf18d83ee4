import { MESSAGE_TYPE, type WireMessage } from '../contract/webhook.ts';
import { type AttemptResult, type Delivery, verdictOn, type Webhook } from '../domain/webhook.ts';
import { type Clock, instantAfter } from '../service/clock.ts';
import type { Log } from '../service/log.ts';
import type { ActionStore, Store, WebhookStore } from '../store/port.ts';
import { type Represent, sourceOf, testMessage, transitionMessage } from './message.ts';
import { ATTEMPT_MILLISECONDS, type Send } from './send.ts';
import { signatureHeaders } from './signature.ts';
import { freeSlots, inTurn } from './slots.ts';

export interface DispatcherDependencies {
  readonly store: WebhookStore & Pick<ActionStore, 'action' | 'actionEvents'> & Pick<Store, 'exclusive'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  /** From 0 to 1. */
  readonly chance: () => number;
  readonly publicUrl: () => string;
  readonly represent: Represent;
  readonly send: Send;
  /** Told how each attempt ended: a verdict, or `broken off`. */
  readonly counted: (outcome: string) => void;
}

/** An attempt with its time. */
export interface Attempted {
  readonly result: AttemptResult;
  readonly milliseconds: number;
}

/** For how long what was claimed together is this process's. */
interface Lease {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly begins: number;
}

export interface Dispatcher {
  /** Looks for what is due and begins attempts; resolves when those that fit have begun. */
  turn(): Promise<void>;
  /** Looks soon; cheap, and safe to call often. */
  wake(): void;
  /** Sends a test message now, beside the outbox. */
  test(webhook: Webhook): Promise<Attempted>;
  /** Begins nothing more, and breaks off what does not end by itself soon. */
  stop(): Promise<void>;
}

/** Milliseconds for which a claimed delivery is nobody else's: several times what an attempt takes. */
export const LEASE_MILLISECONDS = 60_000;
/** Milliseconds that attempts under way get when the server ends. */
const GRACE = 3000;

/**
 * Delivers what the outbox holds. Any number of processes may do so on one store: each takes deliveries by lease. What
 * one had when it was killed is taken again when its lease is over, so a receiver may see a message twice.
 */
export function createDispatcher(dependencies: DispatcherDependencies): Dispatcher {
  const { store, clock, log, newId, chance, publicUrl, represent, send, counted } = dependencies;
  /** What was taken before the start is nobody's any more. */
  const alone = store.exclusive;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const ofWebhook = new Map<string, number>();
  const failing = new Set<string>();
  const servedAt = new Map<string, number>();
  let turns = 0;
  let running: Promise<void> | null = null;
  let again = false;
  let ended = false;
  let released = false;

  const turn = (): Promise<void> => {
    again = true;
    running ??= look().finally(() => {
      running = null;
      // Said while the last look was ending.
      if (again) wake();
    });
    return running;
  };

  const look = async (): Promise<void> => {
    while (again && !ended) {
      again = false;
      if (alone && !released) {
        await store.releaseDeliveries(clock.now());
        released = true;
      }
      for (const webhook of inTurn(await store.dueWebhooks(clock.now()), servedAt)) await serve(webhook);
    }
  };

  const serve = async (webhook: Webhook): Promise<void> => {
    const { id } = webhook;
    const limit = freeSlots({
      total: underWay.size,
      ofWebhook: ofWebhook.get(id) ?? 0,
      failing: failing.has(id),
    });
    if (limit === 0 || ended) return;
    turns += 1;
    servedAt.set(id, turns);
    const lease = { id: newId(), begins: clock.milliseconds() };
    const { deliveries, more } = await store.claimDeliveries(webhook, {
      now: clock.now(),
      until: instantAfter(lease.begins, LEASE_MILLISECONDS),
      lease: lease.id,
      limit,
    });
    again ||= more;
    for (const delivery of deliveries) begin(webhook, delivery, lease);
  };

  const begin = (webhook: Webhook, delivery: Delivery, lease: Lease): void => {
    const { id } = webhook;
    ofWebhook.set(id, (ofWebhook.get(id) ?? 0) + 1);
    const attempt = deliver(webhook, delivery, lease)
      .catch((error) => log.error({ err: error, webhook: id }, 'a delivery failed and is tried again'))
      .finally(() => {
        underWay.delete(attempt);
        const left = (ofWebhook.get(id) ?? 1) - 1;
        if (left > 0) ofWebhook.set(id, left);
        else ofWebhook.delete(id);
        wake();
      });
    underWay.add(attempt);
  };

  const deliver = async (webhook: Webhook, delivery: Delivery, lease: Lease): Promise<void> => {
    const message = await messageFor(delivery);
    // A process that was stopped for long leaves it to whoever has it now.
    if (clock.milliseconds() - lease.begins > LEASE_MILLISECONDS - ATTEMPT_MILLISECONDS) return;
    const at = clock.now();
    const { result, milliseconds } = await attempt(webhook, message);
    if ('error' in result && stopping.signal.aborted) {
      counted('broken off');
      await store.releaseDelivery(delivery, lease.id, clock.now());
      return;
    }
    const verdict = verdictOn(result, delivery.failures, chance());
    if (verdict.kind === 'delivered') failing.delete(webhook.id);
    else failing.add(webhook.id);
    const delay = 'delay' in verdict ? verdict.delay : null;
    const held = await store.endAttempt({
      delivery,
      lease: lease.id,
      attempt: {
        number: delivery.attempts,
        at,
        milliseconds,
        status: 'status' in result ? result.status : null,
        error: 'error' in result ? result.error : null,
      },
      outcome: {
        state: delay !== null ? 'waiting' : verdict.kind === 'delivered' ? 'delivered' : 'failed',
        failures: delivery.failures + (verdict.kind === 'delivered' ? 0 : 1),
        dueAt: delay === null ? null : instantAfter(clock.milliseconds(), delay),
        gone: verdict.kind === 'gone',
      },
      at: clock.now(),
    });
    counted(held ? verdict.kind : 'overtaken');
    tell(webhook, delivery, verdict.kind, result);
  };

  const tell = (webhook: Webhook, delivery: Delivery, verdict: string, result: AttemptResult): void => {
    if (verdict === 'delivered' || verdict === 'retry') return;
    const { tenantId, actionId, revision } = delivery;
    const fields = { tenant: tenantId, webhook: webhook.id, action: actionId, revision, ...result };
    if (verdict === 'gone') log.warn(fields, 'the receiver of a webhook is gone (410); it was disabled');
    else log.warn(fields, 'a delivery was given up after its last attempt');
  };

  /** Null for an action that is not kept any more. */
  const messageFor = async (delivery: Delivery): Promise<WireMessage<unknown> | null> => {
    const { tenantId, actionId, revision } = delivery;
    // The action first: what happens in between has a later revision than either.
    const action = await store.action(tenantId, actionId, null);
    const events = await store.actionEvents(tenantId, actionId);
    const event = events.find((candidate) => candidate.revision === revision);
    if (action === null || event === undefined) return null;
    return transitionMessage(action, event, sourceOf(publicUrl(), tenantId), represent);
  };

  const attempt = async (webhook: Webhook, message: WireMessage<unknown> | null): Promise<Attempted> => {
    if (message === null) return { result: { error: 'removed' }, milliseconds: 0 };
    const begun = clock.milliseconds();
    const { previousSecret, previousUntil } = webhook;
    const overlaps = previousSecret !== null && previousUntil !== null && previousUntil > clock.now();
    const body = JSON.stringify(message);
    const signed = { id: message.id, timestamp: Math.floor(begun / 1000), body };
    const secrets = overlaps ? [webhook.secret, previousSecret] : [webhook.secret];
    const headers = { 'content-type': MESSAGE_TYPE, ...signatureHeaders(signed, secrets) };
    const result = await send({ url: webhook.url, headers, body }, stopping.signal);
    return { result, milliseconds: Math.max(0, Math.round(clock.milliseconds() - begun)) };
  };

  const wake = (): void => {
    if (ended) return;
    // A failure is the next turn's too, which logs it.
    void turn().catch(() => {});
  };

  return {
    turn,
    wake,
    test: (webhook) =>
      attempt(
        webhook,
        testMessage(`test_${newId()}`, sourceOf(publicUrl(), webhook.tenantId), clock.now(), webhook),
      ),
    async stop() {
      const broken = setTimeout(() => stopping.abort(), GRACE);
      ended = true;
      await running?.catch(() => {});
      while (underWay.size > 0) await Promise.all(underWay);
      clearTimeout(broken);
      stopping.abort();
    },
  };
}
