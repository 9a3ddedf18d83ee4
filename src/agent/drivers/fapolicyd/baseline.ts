import { mkdir } from 'node:fs/promises';
import type { CanaryResult } from '../../canary/canary.ts';
import { writeFileDurably } from '../../durable-file.ts';
import type { BootState } from '../../service-control.ts';
import { isPermissive } from './configuration.ts';
import type { Context } from './context.ts';
import { filesIn, readIfThere } from './files.ts';
import { surroundingsOf } from './places.ts';
import { readOwn } from './record.ts';
import { Refusal } from './refusal.ts';
import { RULES_MARKER } from './rules.ts';
import { compareSnapshots, type Snapshot, takeSnapshot } from './snapshot.ts';
import { readSysctls, type SysctlValues, sysctlDifferences } from './sysctls.ts';

/** What the owner had before the first change, whole enough to be put back exactly. */
export interface Baseline {
  readonly version: string;
  readonly active: boolean;
  /** Null where nothing starts at boot. */
  readonly enabled: BootState | null;
  /** Whether an active enforcer only watched. */
  readonly permissive: boolean;
  /** Arguments of the running enforcer; empty when it did not run. */
  readonly args: readonly string[];
  readonly snapshot: Snapshot;
  readonly sysctls: SysctlValues;
  /** What the owner's own enforcer refused; null when none enforced, and so none refused anything. */
  readonly canary: CanaryResult | null;
}

/**
 * Records what the owner has now.
 * @throws Refusal when files of ours are in place: then it would be our own restriction that is recorded
 */
export async function recordBaseline(context: Context, version: string): Promise<Baseline> {
  if (await hasOurFiles(context))
    throw new Refusal(
      `Files of an earlier restriction are in ${context.options.configuration}, but its record in ` +
        `${context.options.stateDirectory} is gone; restore that directory, or remove them by hand.`,
    );
  const { process, enabled, args } = await context.service.state();
  const snapshot = await takeSnapshot(context.paths);
  const conf = (await readIfThere(context.paths.conf))?.toString('utf8') ?? '';
  const active = process !== null;
  const permissive = active && (isPermissive(conf) || args.includes('--permissive'));
  const enforced = active && !permissive;
  const baseline: Baseline = {
    version,
    active,
    enabled,
    permissive,
    args,
    snapshot,
    sysctls: await readSysctls(context),
    canary: enforced ? await context.canary((await surroundingsOf(context)).places) : null,
  };
  await mkdir(context.options.stateDirectory, { recursive: true, mode: 0o700 });
  await writeFileDurably(context.paths.baseline, JSON.stringify(baseline));
  return baseline;
}

/** Null when it is not there. @throws Refusal when it cannot be understood */
export function findBaseline({ paths }: Context): Promise<Baseline | null> {
  return readOwn<Baseline>(paths.baseline);
}

/** @throws Refusal when it is not there, since nobody else knows what the owner had */
export async function readBaseline(context: Context): Promise<Baseline> {
  const baseline = await findBaseline(context);
  if (baseline !== null) return baseline;
  throw new Refusal(
    `The record of what the owner had, ${context.paths.baseline}, is gone; restore it from a backup.`,
  );
}

/** What is not as the owner had it, a phrase each. */
export async function differencesFrom(context: Context, baseline: Baseline): Promise<string[]> {
  const { process, enabled } = await context.service.state();
  const active = process !== null;
  return [
    ...compareSnapshots(baseline.snapshot, await takeSnapshot(context.paths)),
    ...(await sysctlDifferences(context, baseline.sysctls)),
    ...(active === baseline.active ? [] : [`fapolicyd ${active ? 'runs' : 'does not run'}`]),
    ...(enabled === baseline.enabled ? [] : [`fapolicyd is ${enabled} at boot`]),
  ];
}

/** True when a file carries our marker, whatever our own record says. */
export async function hasOurFiles({ paths }: Context): Promise<boolean> {
  for (const path of (await filesIn(paths.rules)) ?? [])
    if ((await readIfThere(path))?.includes(RULES_MARKER)) return true;
  return (await readIfThere(paths.trust)) !== null;
}
