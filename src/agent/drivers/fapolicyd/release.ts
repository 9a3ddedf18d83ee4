import { type Baseline, differencesFrom, hasOurFiles, readBaseline, recordBaseline } from './baseline.ts';
import { withSettings } from './configuration.ts';
import type { Context, Progress } from './context.ts';
import { startEnforcer, stopEnforcer } from './enforcer.ts';
import { readIfThere, removeFile, writeForEnforcer } from './files.ts';
import { forgetRecord, isOwners, readRecord, type SwitchRecord, writeRecord } from './record.ts';
import { Refusal, unless } from './refusal.ts';
import { rehearseSwitch } from './rehearsal.ts';
import { restoreSnapshot } from './snapshot.ts';
import { restoreSysctls } from './sysctls.ts';
import { procedureFor } from './versions.ts';

const RELEASED: Omit<SwitchRecord, 'phase'> = {
  mode: 'unrestricted',
  before: 'unrestricted',
  files: {},
  enforcer: null,
  boot: '',
  trial: null,
};

/**
 * Restores what the owner had. Where nothing of ours is in force, what the owner has now is recorded as what a proof
 * compares with, and nothing is touched.
 * @returns whether anything had to be changed
 * @throws Refusal, or what the operating system refused
 */
export async function release(
  context: Context,
  progress: Progress,
  version: string | null,
): Promise<boolean> {
  const record = await readRecord(context.options);
  if (isOwners(record)) {
    await recordBaseline(context, version ?? 'none');
    await writeRecord(context.options, { ...RELEASED, phase: 'applied' });
    await progress.pass('release-recorded');
    return false;
  }
  const baseline = await readBaseline(context);
  // An enforcer that was stopped for a release that cannot be carried out would leave the device neither way.
  await rehearseSwitch(context, roomFor(baseline));
  await writeRecord(context.options, { ...RELEASED, phase: 'switching' });
  await progress.pass('release-intended');
  await context.deadMan.disarm();
  await restore(context, progress, baseline);
  await writeRecord(context.options, { ...RELEASED, phase: 'applied' });
  await progress.pass('release-recorded');
  return true;
}

/**
 * Takes a restriction back as if it had not been ordered.
 * @param rebooted true when the device was started anew since: then what ran before runs only if it is enabled at boot,
 * and the boot itself starts it, perhaps after this very call
 * @returns whether everything is as the owner had it
 * @throws Refusal, or what the operating system refused
 */
export async function undo(context: Context, progress: Progress, rebooted = false): Promise<boolean> {
  const record = await readRecord(context.options);
  if (isOwners(record)) return !(await hasOurFiles(context));
  const recorded = await readBaseline(context);
  const atBoot = rebooted && recorded.enabled !== null;
  const baseline = atBoot ? { ...recorded, active: false } : recorded;
  // Not without its word, but on a full disk without it: what is half ours is undone all the same when it is found.
  await writeRecord(context.options, { ...record!, phase: 'undoing' }).catch(() => undefined);
  await progress.pass('release-intended');
  await restore(context, progress, baseline);
  await context.deadMan.disarm();
  if (record!.before === 'unmanaged') {
    await forgetRecord(context.options);
    await removeFile(context.paths.baseline);
  } else await writeRecord(context.options, { ...RELEASED, phase: 'applied' });
  await progress.pass('release-recorded');
  return (await differencesFrom(context, baseline)).length === 0;
}

async function restore(context: Context, progress: Progress, baseline: Baseline): Promise<void> {
  if ((await context.kernel.enforcer()) !== null) {
    await calm(context, baseline);
    // The intent is recorded, so a kill loses nothing, and programs run again at once: 5 ms, where a stop takes 3 s.
    await stopEnforcer(context, true);
  }
  await progress.pass('enforcer-stopped');
  await restoreSysctls(context, baseline.sysctls);
  await progress.pass('settings-restored');
  await restoreSnapshot(context.paths, baseline.snapshot);
  await progress.pass('files-restored');
  if (baseline.active) await startEnforcer(context, baseline.args);
  if (baseline.enabled !== null) unless(await context.service.setEnabled(baseline.enabled));
  await progress.pass('service-restored');
  const differences = await differencesFrom(context, baseline);
  if (differences.length > 0)
    throw new Refusal(`What the owner had could not be restored: ${differences.join('; ')}.`);
}

/** Bytes of all files to be put back, which are more than any one directory gets. */
function roomFor({ snapshot }: Baseline): number {
  return Object.values(snapshot.files).reduce((sum, { content }) => sum + content.length, 0);
}

/** Newer versions stop refusing by a signal, before they are asked to end. */
async function calm(context: Context, baseline: Baseline): Promise<void> {
  if (procedureFor(baseline.version)?.change !== 'live') return;
  const text = (await readIfThere(context.paths.conf))?.toString('utf8') ?? '';
  await writeForEnforcer(context.paths.conf, withSettings(text, new Map([['permissive', '1']])));
  const running = await context.kernel.enforcer();
  if (running !== null) context.kernel.signal(running.pid, 'SIGHUP');
}
