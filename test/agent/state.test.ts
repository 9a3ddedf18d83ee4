import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { MOST_REPORTS } from '../../src/agent/report-queue.ts';
import {
  adopt,
  EMPTY_STATE,
  entryOf,
  type LedgerState,
  type Outcome,
  restarted,
  settle,
} from '../../src/agent/state.ts';
import type { Desired, ExchangeAnswer, Mode } from '../../src/contract/device.ts';

const idle = () => false;
const NOW = { boot: 'one', milliseconds: 0 };

function answer(changes: Partial<ExchangeAnswer>): ExchangeAnswer {
  const machineId = '0'.repeat(40);
  return {
    protocol: 1,
    machineId,
    answers: '',
    nonce: 'n',
    epoch: 'one',
    desired: [],
    received: 0,
    ...changes,
  };
}

function order(generation: number, mode: Mode, changes: Partial<Desired> = {}): Desired {
  return { control: 'codeExecution', mode, generation, actionId: null, status: 'active', ...changes };
}

function taken(state: LedgerState, changes: Partial<ExchangeAnswer>, busy = idle): LedgerState {
  const next = adopt(state, answer(changes), busy, NOW);
  assert.ok(!('refused' in next), 'refused' in next ? next.refused : '');
  return next;
}

const STARTED = taken(EMPTY_STATE, {});

function outcome(desired: Desired, changes: Partial<Outcome> = {}): Outcome {
  return {
    kind: 'outcome',
    desired,
    epoch: 'one',
    observed: desired.mode,
    proven: true,
    undone: false,
    touched: desired.mode === 'restricted',
    reason: null,
    evidence: null,
    report: true,
    ...changes,
  };
}

describe('adopt', () => {
  test('an answer with nothing new changes nothing, so that nothing is written', () => {
    const seen = taken(STARTED, { desired: [order(1, 'restricted')] });
    assert.equal(taken(seen, { desired: [order(1, 'restricted')] }), seen);
  });

  test('a new order is announced, and begun when the announcement is confirmed', () => {
    const seen = taken(STARTED, { desired: [order(1, 'restricted')] });
    assert.equal(entryOf(seen, 'codeExecution')?.phase, 'seen');
    assert.deepEqual(
      seen.reports.map(({ kind, sequence }) => [kind, sequence]),
      [['accepted', 1]],
    );
    assert.equal(entryOf(seen, 'codeExecution')?.touched, false);
    const begun = taken(seen, { desired: [order(1, 'restricted')], received: 1 });
    assert.equal(entryOf(begun, 'codeExecution')?.phase, 'accepted');
    assert.equal(
      entryOf(begun, 'codeExecution')?.touched,
      true,
      'recorded before the driver can touch anything',
    );
    assert.deepEqual(begun.reports, []);
  });

  test('an order for a busy control is noted and announced later', () => {
    const seen = taken(STARTED, { desired: [order(1, 'restricted')] }, () => true);
    assert.deepEqual(seen.reports, []);
    assert.equal(entryOf(seen, 'codeExecution')?.phase, 'seen');
  });

  test('unmanaged on an untouched control needs no announcement', () => {
    const begun = taken(STARTED, { desired: [order(1, 'unmanaged')] });
    assert.equal(entryOf(begun, 'codeExecution')?.phase, 'accepted');
    assert.deepEqual(begun.reports, []);
  });

  test('an older generation, or another mode for the same one, is refused within an epoch', () => {
    const seen = taken(STARTED, { desired: [order(5, 'restricted')] });
    for (const wrong of [order(4, 'restricted'), order(4, 'unrestricted'), order(5, 'unrestricted')]) {
      assert.ok('refused' in adopt(seen, answer({ desired: [wrong] }), idle, NOW));
    }
  });

  test('the same generation may be settled', () => {
    const seen = taken(STARTED, { desired: [order(1, 'restricted')] });
    const settled = taken(seen, { desired: [order(1, 'restricted', { status: 'settled' })] });
    assert.equal(entryOf(settled, 'codeExecution')?.desired.status, 'settled');
    assert.equal(entryOf(settled, 'codeExecution')?.acceptSequence, 1, 'and is not announced twice');
  });

  test('a new epoch takes the order as it is, forgets reports, and keeps what is known of the device', () => {
    const begun = taken(taken(STARTED, { desired: [order(7, 'restricted')] }), {
      desired: [order(7, 'restricted')],
      received: 1,
    });
    const done = settle(begun, outcome(order(7, 'restricted')), idle);
    const next = taken(done, { epoch: 'two', desired: [order(2, 'unrestricted')], received: 0 });
    const entry = entryOf(next, 'codeExecution');
    assert.deepEqual([next.epoch, entry?.phase, entry?.desired.generation], ['two', 'seen', 2]);
    assert.deepEqual([entry?.touched, entry?.observed], [true, 'restricted']);
    assert.deepEqual(
      next.reports.map(({ kind, generation }) => [kind, generation]),
      [['accepted', 2]],
    );
    assert.ok((next.reports[0]?.sequence ?? 0) > done.sequence);
  });

  test('an outcome of the old epoch is not reported in the new one, not even under the same generation', () => {
    const begun = taken(taken(STARTED, { desired: [order(1, 'restricted')] }), {
      desired: [order(1, 'restricted')],
      received: 1,
    });
    const next = taken(begun, { epoch: 'two', desired: [order(1, 'unrestricted')], received: 1 }, () => true);
    const settled = settle(next, outcome(order(1, 'restricted')), idle);
    assert.deepEqual(
      settled.reports.map(({ kind }) => kind),
      ['accepted'],
    );
    assert.equal(entryOf(settled, 'codeExecution')?.phase, 'seen');
    assert.equal(entryOf(settled, 'codeExecution')?.observed, 'restricted');
  });
});

describe('restarted', () => {
  test('drops an unconfirmed proof and begins again; keeps an unconfirmed failure', () => {
    const begun = taken(taken(STARTED, { desired: [order(1, 'restricted')] }), {
      desired: [order(1, 'restricted')],
      received: 1,
    });
    const proven = restarted(settle(begun, outcome(order(1, 'restricted')), idle));
    assert.deepEqual(proven.reports, []);
    assert.equal(entryOf(proven, 'codeExecution')?.phase, 'accepted');
    const failure = outcome(order(1, 'restricted'), { proven: false, undone: true, touched: false });
    const failed = settle(begun, failure, idle);
    assert.equal(restarted(failed), failed);
  });
});

describe('a server that is away for days', () => {
  /** A restriction that was proven, and is found undone and put back again and again. */
  const flapping = (times: number, reason: (time: number) => string) => {
    const begun = taken(taken(STARTED, { desired: [order(1, 'restricted')] }), {
      desired: [order(1, 'restricted')],
      received: 1,
    });
    let state = settle(begun, outcome(order(1, 'restricted')), idle);
    for (let time = 1; time <= times; time += 1) {
      const found = { kind: 'drift' as const, observed: 'unmanaged' as const, proven: false };
      state = settle(state, outcome(order(1, 'restricted'), { ...found, reason: reason(time) }), idle);
      state = settle(state, outcome(order(1, 'restricted'), { kind: 'drift' }), idle);
    }
    return state;
  };

  test('gets the same drift in one report, with how often it was found, and the repair after it', () => {
    const { reports } = flapping(5_000, () => 'fapolicyd does not run');
    assert.deepEqual(
      reports.map(({ kind, proven, reason }) => [kind, proven, reason]),
      [
        ['outcome', true, null],
        ['drift', false, 'fapolicyd does not run (5000 times)'],
        ['drift', true, null],
      ],
    );
    assert.ok(reports[1]!.sequence < reports[2]!.sequence);
  });

  test('never costs the outcome of an action, nor the newest word, whatever drifts', () => {
    const { reports } = flapping(5_000, (time) => `rule ${time} was added`);
    assert.equal(reports.length, MOST_REPORTS);
    assert.equal(reports[0]?.kind, 'outcome');
    assert.deepEqual(
      reports.slice(-2).map(({ proven, reason }) => [proven, reason]),
      [
        [false, 'rule 5000 was added'],
        [true, null],
      ],
    );
  });
});

/** Everything that can happen to the memory. */
const event = fc.oneof(
  fc.record({
    kind: fc.constant('answer' as const),
    generation: fc.nat(12),
    mode: fc.constantFrom<Mode>('unmanaged', 'restricted', 'unrestricted'),
    status: fc.constantFrom('active' as const, 'settled' as const),
    received: fc.nat(30),
    busy: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('outcome' as const),
    proven: fc.boolean(),
    undone: fc.boolean(),
    drift: fc.boolean(),
    report: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('restart' as const) }),
);

describe('whatever happens, in any order', () => {
  test('generations never fall, sequences only grow, and no outcome is lost before it is confirmed', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state = STARTED;
        for (const happening of events) {
          const before = state;
          const entry = entryOf(before, 'codeExecution');
          if (happening.kind === 'answer') {
            const { generation, mode, status, busy } = happening;
            const received = Math.min(happening.received, before.sequence);
            const desired = [order(generation, mode, { status })];
            const next = adopt(before, answer({ desired, received }), () => busy, NOW);
            if ('refused' in next) continue;
            state = next;
            for (const report of before.reports) {
              assert.equal(state.reports.includes(report), report.sequence > received);
            }
            const present = entryOf(state, 'codeExecution');
            assert.ok((present?.desired.generation ?? 0) >= (entry?.desired.generation ?? 0));
            if (present?.phase === 'accepted' && present.desired.mode === 'restricted')
              assert.ok(present.touched);
          } else if (happening.kind === 'outcome' && entry?.phase !== undefined && entry.phase !== 'seen') {
            const { proven, undone, drift, report } = happening;
            const kind = drift ? ('drift' as const) : ('outcome' as const);
            state = settle(before, outcome(entry.desired, { kind, proven, undone, report }), idle);
            const most = Math.min(MOST_REPORTS, before.reports.length + (report ? 1 : 0));
            assert.ok(drift ? state.reports.length <= most : state.reports.length === most);
            if (report) assert.equal(state.reports.at(-1)?.sequence, state.sequence, 'the newest is there');
            const outcomes = (of: LedgerState) => of.reports.filter((one) => one.kind === 'outcome');
            assert.ok(outcomes(before).every((one) => state.reports.includes(one)));
          } else if (happening.kind === 'restart') {
            state = restarted(before);
            assert.deepEqual(restarted(state), state, 'a second restart changes nothing more');
          }
          const sequences = state.reports.map(({ sequence }) => sequence);
          assert.deepEqual(
            sequences,
            sequences.toSorted((one, other) => one - other),
          );
          assert.equal(new Set(sequences).size, sequences.length);
          assert.ok(sequences.every((sequence) => sequence <= state.sequence));
          assert.ok(state.sequence >= before.sequence);
        }
      }),
    );
  });
});
