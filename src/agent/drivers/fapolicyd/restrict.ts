import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isSame, type ProcessIdentity } from '../../daemon-process.ts';
import { type Baseline, findBaseline, readBaseline, recordBaseline } from './baseline.ts';
import { isReloadable, restrictedConfiguration } from './configuration.ts';
import type { Context, Progress } from './context.ts';
import { compileRules, reloadEnforcer, startEnforcer, stopEnforcer } from './enforcer.ts';
import { filesIn, readIfThere, removeFile, writeForEnforcer } from './files.ts';
import { changedFiles, digestsOf } from './in-force.ts';
import { readRecord, type SwitchRecord, writeRecord } from './record.ts';
import { Refusal } from './refusal.ts';
import { restrictedRules } from './rules.ts';
import { restrictedSysctls, restrictSysctls, sysctlDifferences } from './sysctls.ts';
import { awaitTrust, missingTrust, updateTrust } from './trust-database.ts';
import { makeTrustList, type TrustList, trustText } from './trust-list.ts';
import type { Procedure } from './versions.ts';

/** Everything a restriction writes. */
interface Plan {
  readonly version: string;
  readonly procedure: Procedure;
  readonly list: TrustList;
  readonly rules: Map<string, string>;
}

/** True when nothing of ours is in force or half in force, so that what is there now is the owner's. */
export function isOwners(record: SwitchRecord | null): boolean {
  return record === null || (record.mode === 'unrestricted' && record.phase === 'applied');
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
  version: string,
  procedure: Procedure,
): Promise<boolean> {
  const { options, paths } = context;
  const record = await readRecord(options);
  const list = await makeTrustList(options);
  const rules = await restrictedRules(options);
  await progress.pass('trust-listed');
  if (await isInForce(context, record, { rules, trust: trustText(list) })) return false;

  const owners = isOwners(record);
  const baseline = owners ? await recordBaseline(context, version) : await readBaseline(context);
  await progress.pass('baseline-recorded');
  const before = owners ? (record?.mode === 'unrestricted' ? 'unrestricted' : 'unmanaged') : record!.before;
  const switching: SwitchRecord = {
    mode: 'restricted',
    phase: 'switching',
    before,
    files: {},
    enforcer: null,
  };
  await writeRecord(options, switching);
  await progress.pass('restriction-intended');

  const enforcer = await bringUp(context, progress, { version, procedure, list, rules }, baseline);
  const files = await digestsOf([
    paths.conf,
    paths.compiled,
    paths.trust,
    ...((await filesIn(paths.rules)) ?? []),
  ]);
  await writeRecord(options, { ...switching, phase: 'applied', files, enforcer });
  await progress.pass('restriction-recorded');
  return true;
}

/** Nothing to do when the very enforcer of the last switch runs with the very files, and they are what is wanted. */
async function isInForce(
  context: Context,
  record: SwitchRecord | null,
  wanted: { rules: ReadonlyMap<string, string>; trust: string },
): Promise<boolean> {
  if (record?.mode !== 'restricted' || record.phase !== 'applied') return false;
  if (!isSame(record.enforcer, await context.kernel.enforcer())) return false;
  if ((await changedFiles(context, record)).length > 0) return false;
  const before = (await findBaseline(context))?.sysctls ?? {};
  const settings = restrictedSysctls(context.options, before);
  if ((await sysctlDifferences(context, settings)).length > 0) return false;
  if (((await filesIn(context.paths.rules)) ?? []).length !== wanted.rules.size) return false;
  for (const [name, text] of wanted.rules)
    if ((await readIfThere(join(context.paths.rules, name)))?.toString('utf8') !== text) return false;
  return (await readIfThere(context.paths.trust))?.toString('utf8') === wanted.trust;
}

async function bringUp(
  context: Context,
  progress: Progress,
  plan: Plan,
  baseline: Baseline,
): Promise<ProcessIdentity> {
  const { options, paths } = context;
  await mkdir(paths.trustDirectory, { recursive: true, mode: 0o755 });
  await writeForEnforcer(paths.trust, trustText(plan.list));
  await progress.pass('trust-written');
  await writeRules(context, plan);
  await progress.pass('rules-written');

  const owners = Buffer.from(baseline.snapshot.files[paths.conf]?.content ?? '', 'base64').toString('utf8');
  const present = (await readIfThere(paths.conf))?.toString('utf8') ?? '';
  const wanted = restrictedConfiguration(owners, options, false);
  const watching = restrictedConfiguration(owners, options, true);
  const startedToWatch = await fillDatabase(context, plan, watching);
  await progress.pass('trust-checked');

  await writeForEnforcer(paths.conf, wanted);
  await progress.pass('configuration-written');
  await restrictSysctls(context, baseline.sysctls);
  await progress.pass('settings-written');
  const runsWith = startedToWatch ? watching : present;
  const enforcer = await enforce(context, plan.procedure, isReloadable(runsWith, wanted));
  await progress.pass('enforcer-switched');
  return enforcer;
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
