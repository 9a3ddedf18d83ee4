import { mkdir } from 'node:fs/promises';
import { type CanaryResult, runCanary } from '../../canary/canary.ts';
import { writeFileDurably } from '../../durable-file.ts';
import type { BootState } from '../../service-control.ts';
import { isPermissive } from './configuration.ts';
import type { Context } from './context.ts';
import { filesIn, readIfThere } from './files.ts';
import { readOwn } from './record.ts';
import { Refusal } from './refusal.ts';
import { RULES_MARKER } from './rules.ts';
import { compareSnapshots, type Snapshot, takeSnapshot } from './snapshot.ts';

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
  readonly canary: CanaryResult;
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
  const baseline: Baseline = {
    version,
    active: process !== null,
    enabled,
    permissive: process !== null && (isPermissive(conf) || args.includes('--permissive')),
    args,
    snapshot,
    canary: await runCanary(context.options.canary),
  };
  await mkdir(context.options.stateDirectory, { recursive: true, mode: 0o700 });
  await writeFileDurably(context.paths.baseline, JSON.stringify(baseline));
  return baseline;
}

/** @throws Refusal when it is not there, since nobody else knows what the owner had */
export async function readBaseline(context: Context): Promise<Baseline> {
  const baseline = await readOwn<Baseline>(context.paths.baseline);
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
