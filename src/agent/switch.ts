import type { Control, Evidence, Mode, WantedMode } from '../contract/device.ts';
import { DEVICE_LIMITS } from '../contract/device-check.ts';
import type { Applied, Confirmed, Driver, Observation, Trials, Verification } from './drivers/driver.ts';
import { messageOf } from './error.ts';
import { fitEvidence, fitText } from './fit.ts';
import type { ControlEntry, Outcome } from './state.ts';
import { type OnStep, pass } from './step.ts';

/** What came of carrying an order out. */
export type Switched = Pick<Outcome, 'observed' | 'proven' | 'undone' | 'touched' | 'reason' | 'evidence'>;

export interface Circumstances {
  readonly driver: Driver;
  readonly onStep: OnStep | null;
  /** Asked before and after: whether this is the first switch of a new restriction, which the device may undo by itself. */
  readonly mayUndo: () => boolean;
  /** Name of the order, the same after a restart. */
  readonly order: string;
  /** The way to the server. */
  readonly link: Link;
  readonly stopping: AbortSignal;
}

/** Whether this device and its server reach each other. */
export interface Link {
  /** True when the server has just answered, so that an answer that does not come any more means something. */
  isUp(): boolean;
  /** Asks the server anew, over a connection of its own. Milliseconds until it answered; null when it did not in time. */
  reach(): Promise<number | null>;
}

/**
 * Carries an order out: apply, verify, confirm a first restriction, and undo where that is allowed. Null when the agent
 * was stopped meanwhile.
 */
export async function carryOut(entry: ControlEntry, circumstances: Circumstances): Promise<Switched | null> {
  const { driver, onStep, stopping, link, order } = circumstances;
  if (entry.desired.mode === 'unmanaged' && !entry.touched) {
    const found = await observe(driver);
    if (found.mode !== 'restricted') return leftAlone(driver);
  }
  const mode: WantedMode = entry.desired.mode === 'restricted' ? 'restricted' : 'unrestricted';
  const trials = mode === 'restricted' ? driver.trials : undefined;
  const first = trials !== undefined && circumstances.mayUndo();
  const ended = first ? await trials.ended(order) : null;
  if (ended !== null) return undoneByOthers(driver, ended);
  const linked = first && link.isUp();
  const applied = await apply(driver, mode, first ? order : null);
  if (stopping.aborted) return null;
  await pass(onStep, 'applied');
  if (!applied.ok) return failed(entry, circumstances, applied, applied.reason, null);
  const verified = await verifyWith(driver, mode, linked ? link : null);
  if (stopping.aborted) return null;
  await pass(onStep, 'verified');
  const confirmed = verified.proven && trials !== undefined ? await confirm(driver, trials) : KEPT;
  if (stopping.aborted) return null;
  await pass(onStep, 'confirmed');
  const parts = [applied, verified.evidence, ...(confirmed.ok ? [confirmed] : [])];
  const evidence = fitEvidence({
    ...verified.evidence,
    took: Object.assign({}, ...parts.map(({ took }) => took)),
    notes: parts.flatMap(({ notes }) => notes),
  });
  if (!verified.proven) return failed(entry, circumstances, applied, verified.reason, evidence);
  if (!confirmed.ok) return failed(entry, circumstances, applied, confirmed.reason, evidence);
  return {
    observed: entry.desired.mode,
    proven: true,
    undone: false,
    touched: mode === 'restricted',
    reason: null,
    evidence,
  };
}

/** What needs no confirmation. */
const KEPT: Confirmed = { ok: true, took: {}, notes: [] };

/** Somebody else has undone the trial, in the agent's absence or because it took too long: that is how it ended. */
async function undoneByOthers(driver: Driver, reason: string): Promise<Switched> {
  const evidence = fitEvidence({
    driver: driver.name,
    driverVersion: await versionOf(driver),
    checks: [{ name: 'confirmation in time', expected: 'confirmed', observed: 'undone', passed: false }],
    took: {},
    notes: [],
  });
  const { mode } = await observe(driver);
  return { observed: mode, proven: false, undone: true, touched: false, reason, evidence };
}

/** Nothing was ever changed here, so nothing is done, and that is the proof. */
async function leftAlone(driver: Driver): Promise<Switched> {
  const evidence = fitEvidence({
    driver: driver.name,
    driverVersion: await versionOf(driver),
    checks: [{ name: 'changes made by this agent', expected: 'none', observed: 'none', passed: true }],
    took: {},
    notes: ['Nothing on this device was ever changed for this control, and nothing was touched now.'],
  });
  return { observed: 'unmanaged', proven: true, undone: false, touched: false, reason: null, evidence };
}

async function failed(
  entry: ControlEntry,
  circumstances: Circumstances,
  applied: Applied,
  reason: string | null,
  evidence: Evidence | null,
): Promise<Switched> {
  const { driver } = circumstances;
  const first = circumstances.mayUndo();
  const undone = (!applied.ok && applied.undone) || (first && (await undo(driver)));
  // Before the first attempt of a restriction stood the owner's state, so an undone one leaves nothing of ours.
  const touched = undone && first ? false : entry.touched;
  return {
    observed: (await observe(driver)).mode,
    proven: false,
    undone,
    touched,
    reason: fitText(
      reason ?? 'The driver could not prove the mode and gave no reason.',
      DEVICE_LIMITS.sentence,
    ),
    evidence:
      evidence ??
      fitEvidence({
        driver: driver.name,
        driverVersion: await versionOf(driver),
        checks: [],
        took: applied.took,
        notes: applied.notes,
      }),
  };
}

async function apply(driver: Driver, mode: WantedMode, order: string | null): Promise<Applied> {
  try {
    return await driver.apply(mode, order);
  } catch (cause) {
    const reason = `The driver ${driver.name} broke off while it applied the mode: ${messageOf(cause)}.`;
    return { ok: false, reason, undone: false, took: {}, notes: [] };
  }
}

async function verify(driver: Driver, mode: WantedMode): Promise<Verification> {
  try {
    return await driver.verify(mode);
  } catch (cause) {
    const reason = `The driver ${driver.name} broke off while it verified the mode: ${messageOf(cause)}.`;
    const evidence: Evidence = { driver: driver.name, driverVersion: null, checks: [], took: {}, notes: [] };
    return { proven: false, reason, evidence };
  }
}

/** The driver's checks and, where the server was there a moment ago, that it still is. */
async function verifyWith(driver: Driver, mode: WantedMode, link: Link | null): Promise<Verification> {
  const verified = await verify(driver, mode);
  if (link === null || !verified.proven) return verified;
  const milliseconds = await link.reach();
  const passed = milliseconds !== null;
  const reason = passed
    ? null
    : 'The agent could not reach its server any more once the device was restricted.';
  const check = { name: 'server', expected: 'reached', observed: passed ? 'reached' : 'no answer', passed };
  const { evidence } = verified;
  const took = passed ? { ...evidence.took, server: Math.round(milliseconds) } : evidence.took;
  return { proven: passed, reason, evidence: { ...evidence, took, checks: [...evidence.checks, check] } };
}

async function confirm(driver: Driver, trials: Trials): Promise<Confirmed> {
  try {
    return await trials.confirm();
  } catch (cause) {
    const reason = `The driver ${driver.name} broke off while it confirmed the mode: ${messageOf(cause)}.`;
    return { ok: false, reason };
  }
}

async function undo(driver: Driver): Promise<boolean> {
  try {
    return await driver.undo();
  } catch {
    return false;
  }
}

/** What is in force; where the driver cannot even say, a restriction must be taken for broken. */
export async function observe(driver: Driver): Promise<Observation> {
  try {
    return await driver.observe();
  } catch (cause) {
    const detail = `The driver ${driver.name} could not look at the device: ${messageOf(cause)}.`;
    return { mode: 'unmanaged', intact: false, detail };
  }
}

async function versionOf(driver: Driver): Promise<string | null> {
  try {
    return await driver.version();
  } catch {
    return null;
  }
}

/** Stands in for the driver of a control that this device has none for, so that the server hears of it. */
export function absentDriver(control: Control): Driver {
  const reason = `This device has no driver for ${control}.`;
  const mode: Mode = 'unmanaged';
  return {
    name: 'none',
    control,
    version: async () => null,
    observe: async () => ({ mode, intact: true, detail: reason }),
    apply: async () => ({ ok: false, reason, undone: true, took: {}, notes: [] }),
    verify: async () => ({
      proven: false,
      reason,
      evidence: { driver: 'none', driverVersion: null, checks: [], took: {}, notes: [] },
    }),
    undo: async () => true,
  };
}
