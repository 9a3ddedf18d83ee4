import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isSame, type ProcessIdentity } from '../../daemon-process.ts';
import { type Baseline, findBaseline, readBaseline, recordBaseline } from './baseline.ts';
import { isReloadable, restrictedConfiguration } from './configuration.ts';
import type { Context, Progress } from './context.ts';
import { compileRules, reloadEnforcer, startEnforcer, stopEnforcer } from './enforcer.ts';
import { filesIn, readIfThere, removeFile, writeForEnforcer } from './files.ts';
import { changedFiles, digestsOf, isOurs } from './in-force.ts';
import { isOwners, presentBoot, readRecord, type SwitchRecord, type Trial, writeRecord } from './record.ts';
import { Refusal, unless } from './refusal.ts';
import { rehearseSwitch } from './rehearsal.ts';
import { restrictedRules } from './rules.ts';
import { restrictedSysctls, restrictSysctls, sysctlDifferences } from './sysctls.ts';
import { beginTrial, isOnTrial, tightened } from './trial.ts';
import { awaitTrust, missingTrust, updateTrust } from './trust-database.ts';
import { makeTrustList, type TrustList, trustText } from './trust-list.ts';
import { forgetUndone } from './undone.ts';
import type { Procedure } from './versions.ts';

/** What is to be put in force. */
export interface Wanted {
  readonly version: string;
  readonly procedure: Procedure;
  /** Name of the order that a first restriction is tried out for, null where nothing may be undone. */
  readonly order: string | null;
}

/** Everything a restriction writes. */
interface Plan {
  readonly procedure: Procedure;
  readonly list: TrustList;
  readonly rules: Map<string, string>;
  readonly switching: SwitchRecord;
}

/**
 * Puts the restriction in force. Each step can be repeated, and what was recorded before the first is not recorded
 * again. The enforcer runs without enforcing until its database has every trusted file.
 * @returns whether anything had to be changed
 * @throws Refusal, or what the operating system refused
 */
export async function restrict(
  context: Context,
  progress: Progress,
  { version, procedure, order }: Wanted,
): Promise<boolean> {
  const { options, paths } = context;
  const record = await readRecord(options);
  const owners = isOwners(record);
  // What was confirmed once is never on trial again, or an unreachable server would be a way to be released.
  const trial = order !== null && (owners || isOnTrial(record)) ? await beginTrial(context, order) : null;
  const list = await makeTrustList(options);
  const rules = await restrictedRules(options);
  await progress.pass('trust-listed');
  if (record !== null && (await areInPlace(context, record, { rules, trust: trustText(list) }))) {
    const continued = await continueTrial(context, progress, record, trial);
    return revive(context, progress, continued);
  }
  await rehearseSwitch(context, 0);

  const baseline = owners ? await recordBaseline(context, version) : await readBaseline(context);
  await progress.pass('baseline-recorded');
  const before = owners ? (record?.mode === 'unrestricted' ? 'unrestricted' : 'unmanaged') : record!.before;
  const switching: SwitchRecord = {
    mode: 'restricted',
    phase: 'switching',
    before,
    files: {},
    enforcer: null,
    boot: await presentBoot(),
    trial,
  };
  await forgetUndone(context);
  await writeRecord(options, switching);
  await progress.pass('restriction-intended');

  const plan = { procedure, list, rules, switching };
  const { enforcer, inForce } = await bringUp(context, progress, plan, baseline);
  const files = await digestsOf([
    paths.conf,
    paths.compiled,
    paths.trust,
    ...((await filesIn(paths.rules)) ?? []),
  ]);
  await writeRecord(options, { ...inForce, phase: 'applied', files, enforcer });
  await progress.pass('restriction-recorded');
  return true;
}

/** Whether the files of the last restriction are there unchanged, and are what is wanted now. */
async function areInPlace(
  context: Context,
  record: SwitchRecord,
  wanted: { rules: ReadonlyMap<string, string>; trust: string },
): Promise<boolean> {
  const { paths } = context;
  if (record.mode !== 'restricted' || record.phase !== 'applied') return false;
  if ((await changedFiles(context, record)).length > 0) return false;
  if (((await filesIn(paths.rules)) ?? []).length !== wanted.rules.size) return false;
  for (const [name, text] of wanted.rules)
    if ((await readIfThere(join(paths.rules, name)))?.toString('utf8') !== text) return false;
  return (await readIfThere(paths.trust))?.toString('utf8') === wanted.trust;
}

/**
 * With its files in place a restriction needs the kernel's settings, which a boot forgets, and the enforcer, and none that
 * somebody else started, perhaps with other files. That it runs again must not depend on a disk that takes a record.
 * @returns whether anything had to be changed
 */
async function revive(context: Context, progress: Progress, record: SwitchRecord): Promise<boolean> {
  const settings = await repairSettings(context, progress);
  const running = await context.kernel.enforcer();
  const boot = await presentBoot();
  if (isSame(running, record.enforcer) && record.boot === boot) return settings;
  let enforcer = running;
  if (enforcer === null || !(await isOurs(context, record, enforcer))) {
    if (enforcer !== null) await stopEnforcer(context, false);
    enforcer = await startEnforcer(context);
    await progress.pass('enforcer-switched');
  }
  context.memory.revived = enforcer;
  await writeRecord(context.options, { ...record, enforcer, boot }).catch(() => undefined);
  await progress.pass('restriction-recorded');
  return true;
}

async function repairSettings(context: Context, progress: Progress): Promise<boolean> {
  const recorded = (await findBaseline(context))?.sysctls ?? {};
  const differences = await sysctlDifferences(context, restrictedSysctls(context.options, recorded));
  if (differences.length === 0) return false;
  await restrictSysctls(context, recorded);
  await progress.pass('settings-written');
  return true;
}

/** What is in force already is tried out for another while, or not any more. */
async function continueTrial(
  context: Context,
  progress: Progress,
  record: SwitchRecord,
  trial: Trial | null,
): Promise<SwitchRecord> {
  if (!isOnTrial(record)) return record;
  const continued = { ...record, trial: trial && tightened(context, trial) };
  await writeRecord(context.options, continued);
  if (trial === null) await context.deadMan.disarm();
  else {
    unless(await context.deadMan.arm(trial.id));
    await progress.pass('dead-man-armed');
  }
  return continued;
}

async function bringUp(
  context: Context,
  progress: Progress,
  plan: Plan,
  baseline: Baseline,
): Promise<{ enforcer: ProcessIdentity; inForce: SwitchRecord }> {
  const { options, paths } = context;
  const { switching } = plan;
  // It takes its time to start, in which the files can be written.
  const armed = switching.trial === null ? null : context.deadMan.arm(switching.trial.id);
  armed?.catch(() => undefined);
  await mkdir(paths.trustDirectory, { recursive: true, mode: 0o755 });
  await writeForEnforcer(paths.trust, trustText(plan.list));
  await progress.pass('trust-written');
  await writeRules(context, plan);
  await progress.pass('rules-written');
  if (armed !== null) {
    unless(await armed);
    await progress.pass('dead-man-armed');
  }

  const owners = Buffer.from(baseline.snapshot.files[paths.conf]?.content ?? '', 'base64').toString('utf8');
  const present = (await readIfThere(paths.conf))?.toString('utf8') ?? '';
  const wanted = restrictedConfiguration(owners, options, false);
  const watching = restrictedConfiguration(owners, options, true);
  const startedToWatch = await fillDatabase(context, plan, watching);
  await progress.pass('trust-checked');

  await writeForEnforcer(paths.conf, wanted);
  const trial = switching.trial && tightened(context, switching.trial);
  const inForce = { ...switching, trial };
  if (trial !== null) await writeRecord(options, inForce);
  await progress.pass('configuration-written');
  await restrictSysctls(context, baseline.sysctls);
  await progress.pass('settings-written');
  const runsWith = startedToWatch ? watching : present;
  const enforcer = await enforce(context, plan.procedure, isReloadable(runsWith, wanted));
  await progress.pass('enforcer-switched');
  return { enforcer, inForce };
}

/** Exactly our files: an owner's rule that allows more would be a way round. They are in the baseline. */
async function writeRules(context: Context, { procedure, rules }: Plan): Promise<void> {
  const { paths } = context;
  await mkdir(paths.rules, { recursive: true, mode: 0o755 });
  for (const path of (await filesIn(paths.rules)) ?? [])
    if (!rules.has(basename(path))) await removeFile(path);
  for (const [name, text] of rules) await writeForEnforcer(join(paths.rules, name), text);
  await removeFile(paths.oldRules);
  await compileRules(context, procedure, rules);
}

/**
 * Sees that the enforcer's database has every trusted file before anything is enforced by it: a running enforcer is
 * asked to read them, otherwise one is started that only watches.
 * @returns whether one was started
 */
async function fillDatabase(context: Context, { list, procedure }: Plan, watching: string): Promise<boolean> {
  if ((await missingTrust(context, list))?.length === 0) return false;
  if ((await context.kernel.enforcer()) !== null) {
    await updateTrust(context);
    await awaitTrust(context, list);
    return false;
  }
  await writeForEnforcer(context.paths.conf, watching);
  await startEnforcer(context);
  await awaitTrust(context, list);
  // It refuses nothing yet, so there is nothing to be lost by a kill, which takes 5 ms where a stop takes 3 s.
  if (procedure.change === 'restart') await stopEnforcer(context, true);
  return procedure.change === 'live';
}

async function enforce(
  context: Context,
  procedure: Procedure,
  reloadable: boolean,
): Promise<ProcessIdentity> {
  if ((await context.kernel.enforcer()) !== null) {
    if (procedure.change === 'live' && reloadable) return reloadEnforcer(context);
    await stopEnforcer(context, false);
  }
  const enforcer = await startEnforcer(context);
  if ((await context.kernel.enforcer()) === null) throw new Refusal('fapolicyd ended right after its start.');
  return enforcer;
}
