import type { DeviceFacts } from '../../../contract/device.ts';
import type { Applied, Driver } from '../driver.ts';
import { type Context, createContext, createProgress, type Progress, type Substitutes } from './context.ts';
import { observeFapolicyd } from './observation.ts';
import type { FapolicydOptions } from './options.ts';
import { proveFapolicyd } from './proof.ts';
import { readRecord } from './record.ts';
import { Refusal, reasonOf } from './refusal.ts';
import { release, undo } from './release.ts';
import { isOwners, restrict } from './restrict.ts';
import { prepareTrust } from './trust-refresh.ts';
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
    verify: (mode) => inTurn(async () => proveFapolicyd(context, mode, await version())),
    apply: (mode) =>
      inTurn(async () => (mode === 'restricted' ? applyRestriction(context) : applyRelease(context))),
    prepare: () => inTurn(() => prepareTrust(context)),
    undo: () => inTurn(() => tryUndo(context, createProgress(context))),
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

async function applyRestriction(context: Context): Promise<Applied> {
  const progress = createProgress(context);
  // After a first switch that failed, the device must be as it was; a repeated one never loosens what is in force.
  let first = true;
  try {
    first = isOwners(await readRecord(context.options));
    const { version, procedure } = await usable(context);
    const changed = await restrict(context, progress, version, procedure);
    return { ok: true, changed, took: progress.took, notes: [] };
  } catch (thrown) {
    const reason = reasonOf(thrown);
    if (reason === null) throw thrown;
    const undone = first && (await tryUndo(context, progress));
    return { ok: false, reason, undone, took: progress.took, notes: [] };
  }
}

async function applyRelease(context: Context): Promise<Applied> {
  const progress = createProgress(context);
  try {
    const version = await installedVersion(context.options, context.execute);
    const changed = await release(context, progress, version);
    return { ok: true, changed, took: progress.took, notes: [] };
  } catch (thrown) {
    const reason = reasonOf(thrown);
    if (reason === null) throw thrown;
    return { ok: false, reason, undone: false, took: progress.took, notes: [] };
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
