import type { Mode, WantedMode } from '../../contract/device.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Applied, Driver } from './driver.ts';

/**
 * How a simulated device behaves.
 * - `normal`: does as it is told after the delay.
 * - `slow`: takes ten seconds longer.
 * - `failing`: cannot apply any mode and says so.
 * - `silent`: accepts and is never heard of again about that order.
 */
export type SimulatedBehaviour = 'normal' | 'slow' | 'failing' | 'silent';

export interface SimulatedOptions {
  /** Milliseconds that applying a mode takes; 0 takes no time at all. */
  readonly delayMs?: number;
  readonly behaviour?: SimulatedBehaviour;
  /** Mode at the start; `unmanaged` unless a device is continued whose ledger was kept. */
  readonly mode?: Mode;
  readonly clock?: Clock;
}

const SLOW_MILLISECONDS = 10_000;
const NOTES = ['Simulated: nothing real was restricted or released.'];

/** What a canary would show in each mode, in the words of the real drivers' checks. */
const CHECKS: Readonly<Record<WantedMode, readonly { name: string; expected: string }[]>> = {
  restricted: [
    { name: 'untrusted program as another user (simulated)', expected: 'refused' },
    { name: 'untrusted program as root (simulated)', expected: 'refused' },
    { name: 'trusted program (simulated)', expected: 'runs' },
  ],
  unrestricted: [
    { name: 'untrusted program as another user (simulated)', expected: 'runs' },
    { name: 'untrusted program as root (simulated)', expected: 'runs' },
    { name: 'trusted program (simulated)', expected: 'runs' },
  ],
};

/** A driver that keeps its mode in memory and touches nothing. */
export function createSimulatedDriver(options: SimulatedOptions = {}): Driver {
  const { delayMs = 0, behaviour = 'normal', clock = systemClock } = options;
  let mode: Mode = options.mode ?? 'unmanaged';
  let release: ((why: 'superseded' | 'stopping') => void) | null = null;

  /** Waits out the delay (null: for ever); false when that was cut short. */
  const wait = (milliseconds: number | null): Promise<boolean> => {
    if (milliseconds === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (whole: boolean) => {
        cancel?.();
        release = null;
        resolve(whole);
      };
      const cancel = milliseconds === null ? null : clock.after(milliseconds, () => end(true));
      release = (why) => {
        if (why === 'stopping' || milliseconds === null) end(false);
      };
    });
  };

  const refuse = (reason: string, undone: boolean, took: number): Applied => ({
    ok: false,
    reason,
    undone,
    took: { apply: took },
    notes: NOTES,
  });

  const apply = async (wanted: WantedMode): Promise<Applied> => {
    const started = clock.now();
    const whole = await wait(
      behaviour === 'silent' ? null : delayMs + (behaviour === 'slow' ? SLOW_MILLISECONDS : 0),
    );
    const took = Math.round(clock.now() - started);
    if (!whole)
      return refuse('Simulated: a newer order came before this device had said anything.', false, took);
    if (behaviour === 'failing') return refuse('Simulated: this device fails every action.', true, took);
    const changed = mode !== wanted;
    mode = wanted;
    return { ok: true, changed, took: { apply: took }, notes: NOTES };
  };

  return {
    name: 'simulated',
    control: 'codeExecution',
    version: async () => null,
    observe: async () => ({ mode, intact: true, detail: `Simulated: the mode is ${mode}.` }),
    apply,
    verify: async (wanted) => {
      const proven = mode === wanted;
      const checks = CHECKS[wanted].map(({ name, expected }) => ({
        name,
        expected,
        observed: proven ? expected : `the mode is ${mode}`,
        passed: proven,
      }));
      return {
        proven,
        reason: proven ? null : `Simulated: the mode is ${mode}, not ${wanted}.`,
        evidence: { driver: 'simulated', driverVersion: null, checks, took: { verify: 0 }, notes: [] },
      };
    },
    undo: async () => {
      mode = 'unmanaged';
      return true;
    },
    interrupt: (why) => release?.(why),
  };
}
