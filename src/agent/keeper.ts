import { backoffDelay, REPAIR_BACKOFF } from './backoff.ts';
import { createBell } from './bell.ts';
import type { Clock } from './clock.ts';
import type { Driver, Observation } from './drivers/driver.ts';
import { messageOf } from './error.ts';
import type { Ledger } from './ledger.ts';
import type { Log } from './log.ts';
import { isOver } from './own-release.ts';
import { type Plan, plan } from './plan.ts';
import { waitFor } from './release-timer.ts';
import { type Busy, type ControlEntry, countDown, entryOf, type Outcome, settle } from './state.ts';
import { FaultSwitchError, type OnStep, pass } from './step.ts';
import { carryOut, type Link, observe, type Switched } from './switch.ts';
import type { Uptime } from './uptime.ts';

export interface KeeperOptions {
  readonly driver: Driver;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly uptime: () => Uptime;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly onStep: OnStep | null;
  /** Seconds between two looks at a proven restriction; null never looks. */
  readonly driftSeconds: number | null;
  /** Tells the exchange that there is something to send. */
  readonly notify: () => void;
  readonly link: Link;
}

/**
 * Keeps one control in the mode that the ledger says is wanted. It works alone: whether the server can be reached
 * makes no difference to it, and it never calls the driver twice at a time.
 */
export interface Keeper {
  /** True while the control is being switched, so that the next order has to wait. */
  busy(): boolean;
  /** Says that the ledger has something new. */
  kick(): void;
  /** Works until the signal aborts. @throws FaultSwitchError and nothing else */
  run(stopping: AbortSignal): Promise<void>;
}

/** Milliseconds between two glances: an enforcer that is killed lets all pass. */
const GLANCE = 1_000;

export function createKeeper(options: KeeperOptions): Keeper {
  const { driver, ledger, clock, uptime, random, log, onStep, notify, link } = options;
  const { control } = driver;
  const bell = createBell(clock);
  let busy = false;
  let reproven = false;
  let failures = 0;
  let drawn = 0;
  let since = clock.now();
  let generation = -1;
  // Drift that the ledger could not take; the repair does not wait for it.
  let untold: Observation | null = null;

  const entry = () => entryOf(ledger.state(), control);
  const othersBusy: Busy = () => false;

  const nextPlan = () => {
    const present = entry();
    if (present !== null && present.desired.generation !== generation) {
      generation = present.desired.generation;
      failures = 0;
      untold = null;
    }
    const memory = { reproven, failures, random: drawn, since: clock.now() - since };
    return plan(present, memory, options.driftSeconds);
  };

  const record = async (
    before: ControlEntry,
    epoch: string,
    kind: Outcome['kind'],
    result: Switched,
    report: boolean,
  ) => {
    since = clock.now();
    drawn = random();
    failures = result.proven ? 0 : failures + 1;
    if (result.proven) reproven = true;
    const fields = { control, generation: before.desired.generation, action: before.desired.actionId };
    log('info', result.proven ? 'mode proven' : 'mode not proven', {
      ...fields,
      mode: before.desired.mode,
      reason: result.reason,
    });
    busy = false;
    await ledger.update((state) =>
      settle(state, { ...result, kind, desired: before.desired, epoch, report }, othersBusy),
    );
  };

  /** Carries the order out. Null when the agent was stopped, and then nothing is recorded. */
  const switchMode = async (before: ControlEntry, stopping: AbortSignal): Promise<Switched | null> => {
    const mayUndo = () => {
      const present = entry();
      const order = present?.desired;
      return (
        failures === 0 &&
        before.observed !== 'restricted' &&
        !before.everProven &&
        order?.generation === before.desired.generation &&
        order.mode === 'restricted' &&
        order.status === 'active'
      );
    };
    const order = `${ledger.state().epoch}/${control}/${before.desired.generation}`;
    return carryOut(before, { driver, onStep, mayUndo, order, link, stopping });
  };

  const work = async (before: ControlEntry, stopping: AbortSignal): Promise<void> => {
    const { epoch } = ledger.state();
    const result = await switchMode(before, stopping);
    if (result === null) return;
    const again = before.phase === 'done' && !result.proven;
    await record(
      before,
      epoch,
      before.released ? 'released' : before.everProven ? 'drift' : 'outcome',
      result,
      !(again && result.reason === before.reason),
    );
    await pass(onStep, 'outcome-recorded');
    notify();
  };

  /** Puts a proven restriction in force again and proves it again; only what was not as it should be is reported. */
  const reprove = async (before: ControlEntry, found: Observation, stopping: AbortSignal): Promise<void> => {
    const { epoch } = ledger.state();
    const drifted = !found.intact || found.mode !== 'restricted';
    if (drifted) await tellDrift(before, epoch, found);
    const result = await switchMode(before, stopping);
    if (result === null) return;
    await record(before, epoch, 'drift', result, drifted || !result.proven);
    notify();
  };

  const tellDrift = async (before: ControlEntry, epoch: string, found: Observation): Promise<void> => {
    untold = found;
    try {
      await reportDrift(before, epoch, found);
      untold = null;
    } catch (error) {
      log('error', 'drift could not be recorded', { control, reason: messageOf(error) });
    }
  };

  const reportDrift = async (before: ControlEntry, epoch: string, found: Observation): Promise<void> => {
    log('warn', 'drift', { control, generation: before.desired.generation, detail: found.detail });
    const outcome: Outcome = {
      kind: 'drift',
      desired: before.desired,
      epoch,
      observed: found.mode,
      proven: false,
      undone: false,
      touched: true,
      reason: found.detail,
      evidence: null,
      report: true,
    };
    await ledger.update((state) => settle(state, outcome, () => true));
    notify();
  };

  const look = async (before: ControlEntry, stopping: AbortSignal): Promise<void> => {
    const found = await observe(driver);
    since = clock.now();
    // The look takes its time, and an order may have come meanwhile: then this one is of no interest any more.
    if (stopping.aborted || entry()?.desired.generation !== before.desired.generation) return;
    if (found.intact && found.mode === 'restricted' && untold === null) return;
    await exclusively(() => reprove(before, untold ?? found, stopping));
  };

  const exclusively = async (task: () => Promise<void>): Promise<void> => {
    busy = true;
    try {
      await task();
    } finally {
      busy = false;
    }
  };

  const act = async (step: 'switch' | 'reprove' | 'look', stopping: AbortSignal): Promise<void> => {
    const before = entry();
    if (before === null || isOver(before, uptime())) return;
    if (step === 'switch') await exclusively(() => work(before, stopping));
    else if (step === 'look') await look(before, stopping);
    else await exclusively(async () => reprove(before, await observe(driver), stopping));
  };

  /** Waits for what is next; false when there is something else to think about. A look may come early by a glance. */
  const waited = async ({ step, delay }: Plan, stopping: AbortSignal): Promise<boolean> => {
    const glances = step === 'look' && driver.glance !== undefined;
    const wait = glances && delay !== null ? Math.min(delay, GLANCE) : delay;
    const before = clock.now();
    await bell.wait(nap(wait), stopping);
    if (stopping.aborted || wait === null || clock.now() - before < wait) return false;
    return wait === delay || !((await driver.glance?.()) ?? true);
  };

  /** Counts the time of a restriction, and makes a release of it when it is over. */
  const tend = async (): Promise<void> => {
    const before = entry();
    if (before?.release === undefined) return;
    try {
      await ledger.update((state) => countDown(state, control, uptime()));
    } catch (error) {
      // A count that cannot be noted is a release that may come late; the restriction is kept in force meanwhile.
      if (isOver(before, uptime())) throw error;
      log('warn', 'the time of a restriction was not noted', { control, reason: messageOf(error) });
    }
    const { generation, actionId } = before.desired;
    if (entry()?.released) log('info', 'restriction is over', { control, generation, action: actionId });
  };

  /** Milliseconds to sleep: until the next step, and no longer than the restriction's time needs attention. */
  const nap = (delay: number | null): number | null => {
    const present = entry();
    if (present?.release === undefined || present.phase === 'seen') return delay;
    const wait = waitFor(present.release, uptime());
    return delay === null ? wait : Math.min(delay, wait);
  };

  return {
    busy: () => busy,
    kick() {
      if (busy && entry()?.desired.generation !== generation) driver.interrupt?.('superseded');
      bell.ring();
    },
    async run(stopping) {
      const stop = () => driver.interrupt?.('stopping');
      stopping.addEventListener('abort', stop);
      let troubles = 0;
      while (!stopping.aborted) {
        try {
          await tend();
          const next = nextPlan();
          if (next.delay !== 0 && !(await waited(next, stopping))) continue;
          if (next.step === 'rest') continue;
          await act(next.step, stopping);
          troubles = 0;
        } catch (error) {
          if (error instanceof FaultSwitchError) throw error;
          troubles += 1;
          log('error', 'keeping a control failed', { control, reason: messageOf(error) });
          await bell.wait(backoffDelay(REPAIR_BACKOFF, troubles, random()), stopping);
        }
      }
      stopping.removeEventListener('abort', stop);
    },
  };
}
