import type { DeviceFacts, ExchangeAnswer } from '../contract/device.ts';
import { DEVICE_LIMITS } from '../contract/device-check.ts';
import { backoffDelay, EXCHANGE_BACKOFF, STRANGER_BACKOFF } from './backoff.ts';
import { createBell } from './bell.ts';
import { type Clock, sleep, systemClock } from './clock.ts';
import type { Driver } from './drivers/driver.ts';
import { AgentError, messageOf } from './error.ts';
import { createCourier, type Message } from './exchange.ts';
import { digestOf } from './facts.ts';
import type { Identity } from './identity.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import type { Ledger } from './ledger.ts';
import { createLink } from './link.ts';
import { type Log, noLog } from './log.ts';
import { adopt, factsConfirmed, type LedgerState, restarted } from './state.ts';
import { FaultSwitchError, type OnStep, pass } from './step.ts';
import { absentDriver } from './switch.ts';
import type { Transport } from './transport.ts';
import { processUptime, type Uptime } from './uptime.ts';

/** When the device can be reached; anything but `always` is for simulated devices. */
export type Presence = 'always' | 'never' | { readonly awaySeconds: number };

export interface AgentParts {
  readonly identity: Pick<Identity, 'machineId' | 'privateKey' | 'serverKey'>;
  readonly ledger: Ledger;
  /** One per control. */
  readonly drivers: readonly Driver[];
  readonly transport: Transport;
  readonly clock?: Clock;
  /** Counts the time of a restriction that ends by itself; the process's own when left out. */
  readonly uptime?: () => Uptime;
  /** In [0, 1); spreads retries. */
  readonly random?: () => number;
  readonly log?: Log;
  readonly onStep?: OnStep;
  readonly presence?: Presence;
  /** Facts to tell the server when they changed; absent when the enrolment's stay true. */
  readonly facts?: () => Promise<DeviceFacts>;
  /** Keeps the server's next key before it is used. */
  readonly onServerKey?: (serverKey: string) => Promise<void>;
  /** Seconds that the server may hold an answer, 1 to 55. */
  readonly waitSeconds?: number;
  /** Seconds between two looks at a proven restriction; null never looks. */
  readonly driftSeconds?: number | null;
  /** A nonce in hand, such as the enrolment's. */
  readonly nonce?: string;
}

export interface Agent {
  /**
   * Works until the signal aborts. What goes wrong with the server or on the device is logged and tried again.
   * @throws FaultSwitchError when a fault switch ended it
   * @throws AgentError `ledger` when the memory cannot be written at the start
   */
  run(signal: AbortSignal): Promise<void>;
  state(): LedgerState;
  /** Gathers the facts again and tells the server, instead of when they are next due. */
  tellFacts(): void;
}

const DEFAULT_WAIT_SECONDS = 50;
const DEFAULT_DRIFT_SECONDS = 5;

/**
 * Milliseconds that a driver may work before the device polls again beside it, to stay visible and to hear of newer
 * orders. Most are done sooner, and a poll that their report has to interrupt costs a new connection.
 */
const GRACE = 1_000;

/** Milliseconds after which facts are gathered again. */
const FACTS_AGE = 15 * 60_000;

/** Reports that one exchange carries; the rest follows with the next. */
const REPORTS_AT_ONCE = 16;

/**
 * A held answer that comes sooner than this (milliseconds) with nothing new was not held. A few are normal (hints are
 * coarse, servers drain); more in a row would be a busy loop, so the agent slows down.
 */
const HASTE = 500;
const HASTY_ALLOWED = 3;

/** Exchanges with the server and, beside it, keeps every control in the mode that is wanted. */
export function createAgent(parts: AgentParts): Agent {
  const { ledger, drivers, clock = systemClock, random = Math.random, log = noLog } = parts;
  const { uptime = processUptime(clock) } = parts;
  const { presence = 'always', onStep = null, driftSeconds = DEFAULT_DRIFT_SECONDS } = parts;
  const waitSeconds = Math.min(parts.waitSeconds ?? DEFAULT_WAIT_SECONDS, DEVICE_LIMITS.waitSeconds);
  const courier = createCourier(parts);
  const bell = createBell(clock);
  const link = createLink(clock, bell.ring);
  const keepers = new Map<string, Keeper>();
  let hasty = 0;
  let facts: { value: DeviceFacts; digest: string; at: number } | null = null;

  const keep = (driver: Driver): Keeper => {
    const keeper = createKeeper({
      driver,
      ledger,
      clock,
      uptime,
      random,
      log,
      onStep,
      driftSeconds,
      notify: bell.ring,
      link,
    });
    keepers.set(driver.control, keeper);
    return keeper;
  };

  const busy = (control: string) => keepers.get(control)?.busy() ?? false;
  const working = () =>
    ledger.state().controls.some((entry) => entry.phase === 'accepted' || busy(entry.control));

  /** Facts that the server does not have yet, null when it has them. */
  const news = async (): Promise<{ value: DeviceFacts; digest: string } | null> => {
    if (parts.facts === undefined) return null;
    if (facts === null || clock.now() - facts.at > FACTS_AGE) {
      facts = await gather(parts.facts);
    }
    return facts === null || facts.digest === ledger.state().facts ? null : facts;
  };

  /** Facts are worth less than the exchange: what cannot be gathered is left out until the next time. */
  const gather = async (of: () => Promise<DeviceFacts>) => {
    try {
      const value = await of();
      return { value, digest: digestOf(value), at: clock.now() };
    } catch (error) {
      log('warn', 'facts could not be gathered', { reason: messageOf(error) });
      return facts;
    }
  };

  const messageOfState = (state: LedgerState, value: DeviceFacts | undefined, hold: boolean): Message => ({
    epoch: state.epoch,
    known: state.controls.map(({ control, desired }) => ({ control, generation: desired.generation })),
    reports: state.reports.slice(0, REPORTS_AT_ONCE),
    ...(value === undefined ? {} : { facts: value }),
    waitSeconds: hold ? waitSeconds : 0,
  });

  /** Takes an answer in, passing the steps that it stands for. */
  const receive = async (answer: ExchangeAnswer, digest: string | null, start: (driver: Driver) => void) => {
    if (answer.nextServerKey !== undefined) {
      await parts.onServerKey?.(answer.nextServerKey);
      courier.pin(answer.nextServerKey);
      log('info', 'server key replaced', { key: answer.nextServerKey });
    }
    const before = ledger.state();
    const heardAt = uptime();
    const expected = adopt(before, answer, busy, heardAt);
    if ('refused' in expected)
      throw new AgentError('untrusted', `The answer was refused: ${expected.refused}.`);
    const confirmed = before.reports.filter((report) => !expected.reports.includes(report));
    if (confirmed.some((report) => report.kind === 'accepted')) await pass(onStep, 'accepted');
    if (confirmed.some((report) => report.kind === 'outcome')) await pass(onStep, 'reported');
    await ledger.update((state) => {
      const next = adopt(state, answer, busy, heardAt);
      const adopted = 'refused' in next ? state : next;
      return digest === null ? adopted : factsConfirmed(adopted, digest);
    });
    const after = ledger.state();
    if (after.epoch !== before.epoch) log('info', 'new epoch of the server', { epoch: after.epoch });
    for (const entry of after.controls) {
      const known = before.controls.find((candidate) => candidate.control === entry.control);
      if (known === entry) continue;
      if (!keepers.has(entry.control)) start(absentDriver(entry.control));
      const { control, phase } = entry;
      const { mode, generation, actionId } = entry.desired;
      if (known?.desired.generation !== generation) {
        log('info', 'order seen', { control, mode, generation, action: actionId });
        await pass(onStep, 'seen');
      }
      if (phase === 'accepted' && known?.phase !== 'accepted') await pass(onStep, 'intent-recorded');
      keepers.get(control)?.kick();
    }
  };

  /** One exchange. A long poll ends when there is something to send; then there is no answer. */
  const exchange = async (stopping: AbortSignal, start: (driver: Driver) => void): Promise<void> => {
    const told = await news();
    const asked = clock.now();
    bell.clear();
    const hold = presence === 'always' && ledger.state().reports.length === 0 && !link.isAsked();
    if (link.isAsked()) parts.transport.renew();
    const message = messageOfState(ledger.state(), told?.value, hold);
    const number = link.asking();
    const said = hold
      ? bell.interrupt(stopping, (signal) => courier.exchange(message, signal))
      : courier.exchange(message, stopping);
    const answer = await said.catch((error: unknown) => {
      link.failed(number, codeOf(error));
      throw error;
    });
    if (answer === null) return;
    link.answered(number);
    const before = ledger.state();
    await receive(answer, told?.digest ?? null, start);
    if (message.reports.some((report) => ledger.state().reports.includes(report))) {
      throw new AgentError('refused', 'The server answered without taking the reports.');
    }
    hasty = hold && ledger.state() === before && clock.now() - asked < HASTE ? hasty + 1 : 0;
    if (hasty > HASTY_ALLOWED) {
      await sleep(clock, backoffDelay(EXCHANGE_BACKOFF, hasty - HASTY_ALLOWED, random()), stopping);
    }
  };

  /** Lets a driver that works finish, so that its report goes out with the next message. */
  const grace = async (stopping: AbortSignal): Promise<void> => {
    if (ledger.state().reports.length === 0 && working() && !link.isAsked()) await bell.wait(GRACE, stopping);
  };

  /** A simulated device that is away for a while once it has said everything. */
  const away = async (stopping: AbortSignal): Promise<void> => {
    if (typeof presence !== 'object' || ledger.state().reports.length > 0 || working()) return;
    await sleep(clock, presence.awaySeconds * 1000, stopping);
  };

  const converse = async (stopping: AbortSignal, start: (driver: Driver) => void): Promise<void> => {
    let failures = 0;
    while (!stopping.aborted) {
      try {
        await grace(stopping);
        await exchange(stopping, start);
        if (failures > 0) log('info', 'server reached again', { failures });
        failures = 0;
        await away(stopping);
      } catch (error) {
        if (error instanceof FaultSwitchError) throw error;
        if (stopping.aborted) return;
        failures += 1;
        await recover(error, failures, stopping);
      }
    }
  };

  const recover = async (error: unknown, failures: number, stopping: AbortSignal): Promise<void> => {
    const code = codeOf(error);
    const retryAfter = error instanceof AgentError ? error.retryAfterSeconds : null;
    const backoff = code === 'unknownMachine' ? STRANGER_BACKOFF : EXCHANGE_BACKOFF;
    const delay = backoffDelay(backoff, failures, random(), retryAfter);
    log('warn', 'exchange failed', { code, reason: messageOf(error), failures, retryInMilliseconds: delay });
    await sleep(clock, delay, stopping);
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    const life = new AbortController();
    const stop = () => life.abort();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    const tasks: Promise<void>[] = [];
    let fault: unknown = null;
    const launch = (task: Promise<void>) => {
      tasks.push(
        task.catch((error: unknown) => {
          fault ??= error;
          stop();
        }),
      );
    };
    const start = (driver: Driver) => launch(keep(driver).run(life.signal));
    try {
      if (presence === 'never') {
        await new Promise<void>((resolve) => {
          if (life.signal.aborted) resolve();
          else life.signal.addEventListener('abort', () => resolve());
        });
        return;
      }
      await ledger.update(restarted);
      for (const driver of drivers) start(driver);
      for (const { control } of ledger.state().controls)
        if (!keepers.has(control)) start(absentDriver(control));
      launch(converse(life.signal, start));
      for (let index = 0; index < tasks.length; index += 1) await tasks[index];
    } finally {
      signal.removeEventListener('abort', stop);
    }
    if (fault !== null) throw fault;
  };

  const tellFacts = () => {
    facts = null;
    bell.ring();
  };

  return { run, state: () => ledger.state(), tellFacts };
}

const codeOf = (error: unknown) => (error instanceof AgentError ? error.code : 'fault');
