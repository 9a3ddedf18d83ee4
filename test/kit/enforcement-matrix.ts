/**
 * The escape table, measured: every case of the canary against the real daemon, while restricted and after release, and with
 * everything closed the further ways too, which a canary does not try.
 */
import { type Attempt, describeAttempt } from '../../src/agent/canary/attempt.ts';
import type { CanaryResult } from '../../src/agent/canary/canary.ts';
import { isTrusted } from '../../src/agent/canary/checks.ts';
import type { FapolicydOptions } from '../../src/agent/drivers/fapolicyd/options.ts';
import { expectedClosures, restrictedExpectation } from '../../src/agent/drivers/fapolicyd/reach.ts';
import type { WantedMode } from '../../src/contract/control.ts';
import { worldOptions } from './fapolicyd-inside.ts';
import type { Measured } from './fapolicyd-puppet.ts';
import { type PuppetMaster, puppetMaster } from './fapolicyd-puppet-master.ts';
import { createFapolicydWorld, type FapolicydWorld } from './fapolicyd-world.ts';
import {
  FURTHER_WAYS,
  type FurtherOutcome,
  type FurtherWay,
  furtherName,
  tryFurtherWay,
} from './further-ways.ts';

export type Value = 'refused' | 'runs' | 'out of reach';

export interface MatrixRow {
  readonly case: string;
  readonly restricted: Value | string;
  readonly released: Value | string;
  /** Of `restricted`; released, everything runs. */
  readonly expected: Value;
}

export interface Matrix {
  readonly version: string;
  readonly rows: readonly MatrixRow[];
  /** What was seen while restricted, with the barrier, by case. */
  readonly seen: Readonly<Record<string, string>>;
  /** Milliseconds from the order to the proof, of each further round. */
  readonly took: Readonly<Record<'restricted' | 'unrestricted', readonly number[]>>;
}

/** Two more file systems for the world: one of a watched type, one of a type that is not watched there. */
const MOUNTED =
  'mount -t ramfs more /media && chmod 755 /media && mount -t tmpfs other /mnt && chmod 1777 /mnt';

export type LeftOpen = Partial<FapolicydOptions>;

/**
 * @param rounds how often the device is restricted and released again, to see how long it takes
 * @throws Error when the device could not be restricted or released, or a round was not proven
 */
export async function measureMatrix(leftOpen: LeftOpen = {}, rounds = 0): Promise<Matrix> {
  await using world = await createFapolicydWorld();
  const puppet = puppetMaster(world);
  const mounted = await world.run(['/usr/bin/sh', '-c', MOUNTED]);
  if (mounted.status !== 0) throw new Error(`The world's file systems were not mounted: ${mounted.stderr}`);
  const further = Object.keys(leftOpen).length === 0 && process.arch === 'x64' ? FURTHER_WAYS : [];
  const switched = async (mode: 'restricted' | 'unrestricted'): Promise<Switched> => {
    const applied = await puppet.apply(mode, { leftOpen });
    if (!applied.ok) throw new Error(applied.reason);
    return { ...(await puppet.measure({ leftOpen })), further: await tryEach(world, further) };
  };
  const restricted = await switched('restricted');
  const released = await switched('unrestricted');
  const expectation = restrictedExpectation(
    expectedClosures({ ...worldOptions(), ...leftOpen }, restricted.release),
    new Set(restricted.unwatched),
  );
  const tried = Object.keys(restricted.result).map((name): MatrixRow => {
    const expected = expectation(name);
    const value: Value = isTrusted(name) ? 'runs' : expected.kind === 'refused' ? 'refused' : 'out of reach';
    const [during, after] = [seenIn(restricted.result, name), seenIn(released.result, name)];
    return rowOf(name, value, during, after);
  });
  const rows = [
    ...tried,
    ...further.flatMap((way, at): MatrixRow[] => {
      const [during, after] = [restricted.further[at]!, released.further[at]!];
      // A kernel or a container may be without io_uring or FUSE, and then there is no such way.
      if (after.value === 'lacks') return [];
      const expected = way.because === undefined ? 'refused' : 'out of reach';
      return [rowOf(furtherName(way), expected, during.value, after.value)];
    }),
  ];
  const seen = [
    ...Object.entries(restricted.result).map(([name, one]) => [name, describeAttempt(one)] as const),
    ...further.map((way, at) => [furtherName(way), restricted.further[at]!.said] as const),
  ];
  const took: Record<WantedMode, number[]> = { restricted: [], unrestricted: [] };
  for (let round = 0; round < rounds; round += 1)
    for (const mode of ['restricted', 'unrestricted'] as const)
      took[mode].push(await timed(puppet, mode, leftOpen));
  return { version: (await puppet.version()) ?? 'none', rows, seen: Object.fromEntries(seen), took };
}

interface Switched extends Measured {
  readonly further: readonly FurtherOutcome[];
}

/** One after the other: several write over what others start. */
async function tryEach(world: FapolicydWorld, ways: readonly FurtherWay[]): Promise<FurtherOutcome[]> {
  const outcomes: FurtherOutcome[] = [];
  for (const way of ways) outcomes.push(await tryFurtherWay(world, way));
  return outcomes;
}

function rowOf(name: string, expected: Value, seen: string, released: string): MatrixRow {
  const restricted = seen === 'runs' && expected === 'out of reach' ? expected : seen;
  return { case: name, restricted, released, expected };
}

/** Milliseconds of a whole order: a restriction is on trial, with its dead-man, until it is proven and confirmed. */
async function timed(puppet: PuppetMaster, mode: WantedMode, leftOpen: LeftOpen): Promise<number> {
  const applied = await puppet.apply(mode, { leftOpen, trial: 'timed' });
  const { proven, reason, evidence } = await puppet.verify(mode, { leftOpen });
  if (!applied.ok || !proven) throw new Error(applied.ok ? (reason ?? 'not proven') : applied.reason);
  const confirmed = mode === 'restricted' ? await puppet.confirm() : null;
  if (confirmed?.ok === false) throw new Error(confirmed.reason);
  const steps = [...Object.values(applied.took), ...Object.values(confirmed?.took ?? {})];
  return steps.reduce((sum, step) => sum + step, 0) + (evidence.took.verify ?? 0);
}

export const isAsExpected = ({ restricted, released, expected }: MatrixRow): boolean =>
  restricted === expected && released === 'runs';

function seenIn(result: CanaryResult, name: string): Value | string {
  const one: Attempt = result[name] ?? { kind: 'unclear', detail: 'was not tried' };
  return one.kind === 'ran' ? 'runs' : one.kind === 'refused' ? 'refused' : describeAttempt(one);
}
