import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { backoffDelay, EXCHANGE_BACKOFF } from '../../src/agent/backoff.ts';
import { type Memory, plan } from '../../src/agent/plan.ts';
import type { ControlEntry } from '../../src/agent/state.ts';
import type { Desired } from '../../src/contract/device.ts';

const memory: Memory = { reproven: true, failures: 0, since: 0, random: 0.5 };

function entry(desired: Partial<Desired>, changes: Partial<ControlEntry>): ControlEntry {
  return {
    control: 'codeExecution',
    desired: {
      control: 'codeExecution',
      mode: 'restricted',
      generation: 1,
      actionId: null,
      status: 'active',
      ...desired,
    },
    phase: 'done',
    acceptSequence: 1,
    touched: true,
    observed: 'restricted',
    proven: true,
    everProven: true,
    undone: false,
    reason: null,
    ...changes,
  };
}

const failed = { proven: false, everProven: false };
const now = { step: 'switch', delay: 0 };
const rest = { step: 'rest', delay: null };

const ROWS: readonly [name: string, ControlEntry | null, Partial<Memory>, object][] = [
  ['nothing was ever asked', null, {}, rest],
  ['the server does not know yet that the device will begin', entry({}, { phase: 'seen' }), {}, rest],
  ['an order is accepted', entry({}, { phase: 'accepted' }), {}, now],
  ['a restriction holds', entry({}, {}), { since: 2000 }, { step: 'look', delay: 3000 }],
  [
    'a restriction was proven before the start',
    entry({}, {}),
    { reproven: false },
    { step: 'reprove', delay: 0 },
  ],
  ['a release is proven', entry({ mode: 'unrestricted' }, {}), {}, rest],
  ['a release is proven, before the start', entry({ mode: 'unrestricted' }, {}), { reproven: false }, rest],
  ['a restriction failed and was undone', entry({}, { ...failed, undone: true }), { failures: 1 }, rest],
  ['… and the order stands', entry({ status: 'settled' }, { ...failed, undone: true }), {}, now],
  [
    'a restriction failed half-way',
    entry({}, failed),
    { failures: 1, since: 100 },
    { step: 'switch', delay: 400 },
  ],
  [
    'a release failed, and the server decides',
    entry({ mode: 'unrestricted' }, failed),
    { failures: 1 },
    rest,
  ],
  [
    'a release failed, and the order stands',
    entry({ mode: 'unrestricted', status: 'settled' }, failed),
    {},
    now,
  ],
];

for (const [name, of, changes, expected] of ROWS) {
  test(`what to do when ${name}`, () => {
    assert.deepEqual(plan(of, { ...memory, ...changes }, 5), expected);
  });
}

test('without looks a restriction that holds rests', () => {
  assert.deepEqual(plan(entry({}, {}), memory, null), rest);
});

test('a back-off is never longer than its cap, never a busy loop, and never before the server’s time', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      random,
      fc.option(fc.nat(3600)),
      (failures, drawn, retryAfter) => {
        const delay = backoffDelay(EXCHANGE_BACKOFF, failures, drawn, retryAfter);
        if (retryAfter !== null) assert.ok(delay >= retryAfter * 1000 && delay <= retryAfter * 1500);
        else assert.ok(delay >= 50 && delay <= EXCHANGE_BACKOFF.cap);
      },
    ),
  );
});
