import type { Check, WantedMode } from '../../../contract/device.ts';
import { runCanary } from '../../canary/canary.ts';
import { canaryChecks, type Expectation, expectRestricted, RAN } from '../../canary/checks.ts';
import type { Verification } from '../driver.ts';
import { type Baseline, differencesFrom, readBaseline } from './baseline.ts';
import type { Context } from './context.ts';
import { readIfThere } from './files.ts';
import { limitsOf } from './notes.ts';
import { faultsOf } from './observation.ts';
import { readRecord } from './record.ts';
import { Refusal, reasonOf } from './refusal.ts';

interface Findings {
  readonly checks: Check[];
  readonly notes: string[];
  readonly expectation: Expectation;
}

/** Tries the mode and says what was seen, whatever the record says. Never throws for a fault of the device. */
export async function proveFapolicyd(
  context: Context,
  mode: WantedMode,
  driverVersion: string | null,
): Promise<Verification> {
  const { clock, canary } = context.options;
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
    checks.push(...canaryChecks(await runCanary(canary), found.expectation));
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
    return {
      checks: [check('enforcer with our configuration', 'in force', await faultsOf(context, record))],
      notes: limitsOf('restricted', configuration),
      expectation: expectRestricted,
    };
  },
  unrestricted: async (context) => {
    const baseline = await readBaseline(context);
    const record = await readRecord(context.options);
    if (record?.mode !== 'unrestricted' || record.phase !== 'applied')
      throw new Refusal('No release was carried out by this agent, so there is none to prove.');
    return {
      checks: [check('what the owner had', 'restored', await differencesFrom(context, baseline))],
      notes: [...limitsOf('unrestricted', ''), ...ownersControl(baseline)],
      expectation: releasedExpectation(baseline),
    };
  },
};

const check = (name: string, expected: string, faults: readonly string[]): Check => ({
  name,
  expected,
  observed: faults.length === 0 ? expected : faults.join('; '),
  passed: faults.length === 0,
});

/** An owner who restricts the device himself gets that back, and programs are then refused as they were before. */
export function releasedExpectation({ active, permissive, canary }: Baseline): Expectation {
  return (name) => (active && !permissive ? canary[name] : RAN);
}

function ownersControl({ active, permissive, canary }: Baseline): string[] {
  if (!active || permissive || Object.values(canary).every(({ kind }) => kind === 'ran')) return [];
  return [
    'The owner’s own fapolicyd was enforcing before the restriction and is again: untrusted programs stay refused.',
  ];
}
