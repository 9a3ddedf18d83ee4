import type { DeviceFacts } from '../../../contract/device.ts';
import type { Applied, Confirmed, Driver } from '../driver.ts';
import { type Context, createContext, createProgress, type Progress, type Substitutes } from './context.ts';
import { glanceAtFapolicyd, observeFapolicyd } from './observation.ts';
import type { FapolicydOptions } from './options.ts';
import { proveFapolicyd } from './proof.ts';
import { isOwners, readRecord } from './record.ts';
import { guard, recover } from './recover.ts';
import { Refusal, reasonOf } from './refusal.ts';
import { release, undo } from './release.ts';
import { restrict } from './restrict.ts';
import { confirmRestriction, isOnTrial } from './trial.ts';
import { prepareTrust } from './trust-refresh.ts';
import { inOurTurn } from './turn.ts';
import { whyUndone } from './undone.ts';
import { installedVersion } from './version.ts';
import { type Procedure, procedureFor } from './versions.ts';

/** The driver for code execution on Linux. Its calls are carried out one after the other. */
export function createFapolicydDriver(options: FapolicydOptions, substitutes: Substitutes = {}): Driver {
  const context = createContext(options, substitutes);
  const inTurn = createTurns();
  const version = () => installedVersion(options, context.execute);
  return {
    name: 'fapolicyd',
    control: 'codeExecution',
    version,
    observe: () => inTurn(() => observeFapolicyd(context)),
    glance: () => glanceAtFapolicyd(context),
    verify: (mode) => inTurn(async () => proveFapolicyd(context, mode, await version())),
    apply: (mode, order = null) =>
      inTurn(() => (mode === 'restricted' ? applyRestriction(context, order) : applyRelease(context))),
    undo: () => inTurn(() => undoTrial(context)),
    trials: {
      confirm: () => inTurn(() => confirm(context)),
      ended: (order) => whyUndone(context, order),
      recover: (trial) => inTurn(() => recover(context, trial)),
      guard: (trial) => guard(context, trial),
    },
    prepare: () => inTurn(() => prepareTrust(context)),
  };
}

/** This driver's line in the facts of a device; null where fapolicyd is not installed or too old. */
export async function fapolicydAvailable(
  options: FapolicydOptions,
): Promise<DeviceFacts['drivers'][number] | null> {
  const version = await installedVersion(options, createContext(options).execute);
  if (version === null || procedureFor(version) === null) return null;
  return { control: 'codeExecution', driver: 'fapolicyd', version };
}

async function applyRestriction(context: Context, order: string | null): Promise<Applied> {
  const progress = createProgress(context);
  const failed = (reason: string, undone: boolean): Applied => ({
    ok: false,
    reason,
    undone,
    took: progress.took,
    notes: [],
  });
  try {
    return await inOurTurn(context, async () => {
      // After a first switch that failed, the device must be as it was; a repeated one never loosens what is in force.
      const first = isOwners(await readRecord(context.options));
      try {
        const changed = await restrict(context, progress, { ...(await usable(context)), order });
        return { ok: true, changed, took: progress.took, notes: [] };
      } catch (thrown) {
        const reason = reasonOf(thrown);
        if (reason === null) throw thrown;
        return failed(reason, first && (await tryUndo(context, progress)));
      }
    });
  } catch (thrown) {
    const reason = reasonOf(thrown);
    if (reason === null) throw thrown;
    return failed(reason, await readRecord(context.options).then(isOwners, () => false));
  }
}

async function applyRelease(context: Context): Promise<Applied> {
  const progress = createProgress(context);
  try {
    const version = await installedVersion(context.options, context.execute);
    const changed = await inOurTurn(context, () => release(context, progress, version));
    return { ok: true, changed, took: progress.took, notes: [] };
  } catch (thrown) {
    const reason = reasonOf(thrown);
    if (reason === null) throw thrown;
    return { ok: false, reason, undone: false, took: progress.took, notes: [] };
  }
}

async function confirm(context: Context): Promise<Confirmed> {
  const progress = createProgress(context);
  try {
    const notes = await inOurTurn(context, () => confirmRestriction(context, progress));
    return { ok: true, took: progress.took, notes };
  } catch (thrown) {
    const reason = reasonOf(thrown);
    if (reason === null) throw thrown;
    return { ok: false, reason };
  }
}

/** What was confirmed stays, whatever its proof says now. */
async function undoTrial(context: Context): Promise<boolean> {
  try {
    return await inOurTurn(context, async () => {
      const record = await readRecord(context.options);
      if (!isOwners(record) && !isOnTrial(record)) return false;
      return undo(context, createProgress(context));
    });
  } catch (thrown) {
    if (reasonOf(thrown) === null) throw thrown;
    return false;
  }
}

async function usable({ options, execute }: Context): Promise<{ version: string; procedure: Procedure }> {
  const version = await installedVersion(options, execute);
  if (version === null)
    throw new Refusal(
      'fapolicyd is not installed on this device; install it from the distribution’s packages.',
    );
  const procedure = procedureFor(version);
  if (procedure === null)
    throw new Refusal(`fapolicyd ${version} is too old; 1.1 is the oldest that can be used.`);
  return { version, procedure };
}

async function tryUndo(context: Context, progress: Progress): Promise<boolean> {
  try {
    return await undo(context, progress);
  } catch (thrown) {
    if (reasonOf(thrown) === null) throw thrown;
    return false;
  }
}

/** Runs one piece of work after the other, whatever came of the one before. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
