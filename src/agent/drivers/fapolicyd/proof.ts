import type { Check, WantedMode } from '../../../contract/device.ts';
import { RAN } from '../../canary/attempt.ts';
import type { CanaryPlace } from '../../canary/canary.ts';
import type { CanaryCaseName } from '../../canary/cases.ts';
import { canaryChecks, type Expectation, untriedNotes } from '../../canary/checks.ts';
import type { Verification } from '../driver.ts';
import { type Baseline, differencesFrom, findBaseline, readBaseline } from './baseline.ts';
import { parseConfiguration, watchedTypes } from './configuration.ts';
import type { Context } from './context.ts';
import { readIfThere } from './files.ts';
import { restrictedNotes } from './notes.ts';
import { faultsOf } from './observation.ts';
import { surroundingsOf } from './places.ts';
import { closuresInForce, restrictedExpectation } from './reach.ts';
import { readRecord } from './record.ts';
import { Refusal, reasonOf } from './refusal.ts';

interface Findings {
  readonly checks: Check[];
  readonly notes: string[];
  readonly expectation: Expectation;
  readonly places: readonly CanaryPlace[];
}

/** Tries the mode and says what was seen, whatever the record says. Never throws for a fault of the device. */
export async function proveFapolicyd(
  context: Context,
  mode: WantedMode,
  driverVersion: string | null,
): Promise<Verification> {
  const { clock } = context.options;
  const started = clock.now();
  const took: Record<string, number> = {};
  const checks: Check[] = [];
  const notes: string[] = [];
  let fault: string | null = null;
  try {
    const found = await FINDINGS[mode](context);
    checks.push(...found.checks);
    notes.push(...found.notes);
    const looked = clock.now();
    const tried = await context.canary(found.places);
    checks.push(...canaryChecks(tried, found.expectation));
    notes.push(...untriedNotes(tried));
    took.canary = Math.round(clock.now() - looked);
  } catch (thrown) {
    fault = reasonOf(thrown);
    if (fault === null) throw thrown;
  }
  took.verify = Math.round(clock.now() - started);
  const failed = checks.find(({ passed }) => !passed);
  const reason =
    fault ??
    (failed === undefined
      ? null
      : `The check “${failed.name}” failed: expected ${failed.expected}, observed ${failed.observed}.`);
  const evidence = { driver: 'fapolicyd', driverVersion, checks, took, notes };
  return { proven: reason === null, reason, evidence };
}

const FINDINGS: Readonly<Record<WantedMode, (context: Context) => Promise<Findings>>> = {
  restricted: async (context) => {
    const record = await readRecord(context.options);
    if (record?.mode !== 'restricted' || record.phase !== 'applied')
      throw new Refusal('No restriction was put in force by this agent, so there is none to prove.');
    const configuration = (await readIfThere(context.paths.conf))?.toString('utf8') ?? '';
    const closed = await closuresInForce(context, configuration);
    const { places, unwatched, outside } = await surroundingsOf(context);
    return {
      checks: [check('enforcer with our configuration', 'in force', await faultsOf(context, record))],
      notes: restrictedNotes({
        options: context.options,
        closed,
        before: (await findBaseline(context))?.sysctls ?? {},
        watched: watchedTypes(parseConfiguration(configuration)),
        outside,
      }),
      expectation: restrictedExpectation(closed, unwatched),
      places,
    };
  },
  unrestricted: async (context) => {
    const baseline = await readBaseline(context);
    const record = await readRecord(context.options);
    if (record?.mode !== 'unrestricted' || record.phase !== 'applied')
      throw new Refusal('No release was carried out by this agent, so there is none to prove.');
    return {
      checks: [check('what the owner had', 'restored', await differencesFrom(context, baseline))],
      notes: ownersControl(baseline),
      expectation: releasedExpectation(baseline),
      places: (await surroundingsOf(context)).places,
    };
  },
};

const check = (name: string, expected: string, faults: readonly string[]): Check => ({
  name,
  expected,
  observed: faults.length === 0 ? expected : faults.join('; '),
  passed: faults.length === 0,
});

/** Cases that nothing but an enforcer refuses on any device. */
const ENFORCERS: ReadonlySet<string> = new Set<CanaryCaseName>([
  'untrusted program as another user',
  'untrusted program as root',
  'trusted program as another user',
]);

/**
 * An owner who restricts the device himself gets that back, and programs are then refused as they were before. What
 * was not there to be tried then, as a file system that was mounted meanwhile, has nothing to be compared with.
 */
export function releasedExpectation({ canary }: Pick<Baseline, 'canary'>): Expectation {
  return (name) => {
    if (canary === null)
      return ENFORCERS.has(name)
        ? { kind: 'attempt', attempt: RAN }
        : { kind: 'not refused', by: 'the enforcer' };
    const before = canary[name];
    if (before === undefined || before.kind === 'untried' || before.kind === 'unclear')
      return { kind: 'out of reach' };
    return { kind: 'attempt', attempt: before };
  };
}

function ownersControl({ canary }: Baseline): string[] {
  if (canary === null || ![...ENFORCERS].some((name) => canary[name]?.kind === 'refused')) return [];
  return [
    'The owner’s own fapolicyd was enforcing before the restriction and is again: untrusted programs stay refused.',
  ];
}
