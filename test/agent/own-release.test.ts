/** What a device remembers of a restriction that ends by itself: pure, in every order. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { isOver } from '../../src/agent/own-release.ts';
import {
  adopt,
  countDown,
  EMPTY_STATE,
  entryOf,
  type LedgerState,
  restarted,
  settle,
} from '../../src/agent/state.ts';
import type { Uptime } from '../../src/agent/uptime.ts';
import type { Desired, ExchangeAnswer } from '../../src/contract/device.ts';

const AT = '2026-03-02T13:15:20Z';
const HOUR = 3_600_000;
const inSeconds = (seconds: number) => ({ release: { at: AT, inSeconds: seconds } });
const NOW: Uptime = { boot: 'one', milliseconds: 0 };
const order = (generation: number, mode: Desired['mode'], changes: Partial<Desired> = {}): Desired => ({
  control: 'codeExecution',
  mode,
  generation,
  actionId: `action ${generation}`,
  status: 'active',
  ...changes,
});
const answer = (desired: Desired[], received: number, epoch = 'one'): ExchangeAnswer => ({
  protocol: 1,
  machineId: '0'.repeat(40),
  answers: '',
  nonce: 'n',
  epoch,
  desired,
  received,
});
const taken = (state: LedgerState, desired: Desired[], now = NOW, epoch = 'one'): LedgerState => {
  const next = adopt(state, answer(desired, state.sequence, epoch), () => false, now);
  assert.ok(!('refused' in next), 'refused' in next ? next.refused : '');
  return next;
};
const later = (milliseconds: number, boot = 'one'): Uptime => ({ boot, milliseconds });

describe('the memory of a timed restriction', () => {
  const timed = order(1, 'restricted', inSeconds(3600));
  const begun = taken(taken(EMPTY_STATE, [timed]), [timed]);
  const proven = settle(
    begun,
    {
      kind: 'outcome',
      desired: order(1, 'restricted'),
      epoch: 'one',
      observed: 'restricted',
      proven: true,
      undone: false,
      touched: true,
      reason: null,
      evidence: null,
      report: true,
    },
    () => false,
  );
  const over = countDown(proven, 'codeExecution', later(2 * HOUR));
  const entry = (state: LedgerState) => entryOf(state, 'codeExecution');

  test('is not changed by an answer that tells no more time than was counted', () => {
    const same = { ...timed, status: 'active' as const };
    const sent = taken(proven, [same]);
    assert.equal(taken(sent, [{ ...same, ...inSeconds(3590) }], later(9_000)), sent);
    assert.equal(taken(sent, [{ ...same, ...inSeconds(0) }], later(9_000)), sent);
  });

  test('belongs to its generation: a newer one has its own time, or none', () => {
    assert.equal(entry(taken(proven, [order(2, 'restricted')]))?.release, undefined);
    const newer = taken(proven, [order(2, 'restricted', inSeconds(7200))]);
    assert.equal(entry(newer)?.release?.left, 2 * HOUR);
  });

  test('loses its time when the server names none any more', () => {
    assert.equal(entry(taken(proven, [order(1, 'restricted')]))?.release, undefined);
  });

  test('of an order that was only seen is never over', () => {
    const seen = taken(EMPTY_STATE, [order(1, 'restricted', inSeconds(0))]);
    assert.equal(entry(seen)?.phase, 'seen');
    const counted = entry(countDown(seen, 'codeExecution', later(HOUR)));
    assert.deepEqual(
      [counted?.phase, counted?.desired.mode, counted?.released],
      ['seen', 'restricted', undefined],
    );
  });

  test('becomes a release when its time is over, once', () => {
    assert.deepEqual(
      [entry(over)?.desired.mode, entry(over)?.desired.generation, entry(over)?.phase, entry(over)?.released],
      ['unrestricted', 1, 'accepted', true],
    );
    assert.equal(entry(over)?.release, undefined);
    assert.equal(countDown(over, 'codeExecution', later(3 * HOUR)), over);
  });

  test('that became a release stays one while the server says that the time is over', () => {
    const told = taken(over, [{ ...timed, status: 'settled', ...inSeconds(0) }], later(2 * HOUR));
    assert.deepEqual(entry(told), entry(over));
  });

  test('that became a release follows the server when by its clock the time is not over', () => {
    const told = taken(over, [{ ...timed, status: 'settled', ...inSeconds(60) }], later(2 * HOUR));
    assert.deepEqual(
      [entry(told)?.desired.mode, entry(told)?.phase, entry(told)?.released, entry(told)?.release?.left],
      ['restricted', 'accepted', undefined, 60_000],
    );
    const late = settle(
      told,
      {
        kind: 'released',
        desired: entry(over)!.desired,
        epoch: 'one',
        observed: 'unrestricted',
        proven: true,
        undone: false,
        touched: false,
        reason: null,
        evidence: null,
        report: true,
      },
      () => false,
    );
    assert.equal(entry(late)?.phase, 'accepted', 'the end of the release is not that of the restriction');
  });

  test('keeps its time in a new epoch that says nothing of the control, and takes the new one’s otherwise', () => {
    assert.equal(entry(taken(proven, [], NOW, 'two'))?.release?.left, HOUR);
    const told = taken(proven, [order(4, 'restricted', inSeconds(60))], NOW, 'two');
    assert.equal(entry(told)?.release?.left, 60_000);
    assert.equal(entry(taken(proven, [order(4, 'restricted')], NOW, 'two'))?.release, undefined);
  });
});

type Happening =
  | { readonly kind: 'passes' | 'off'; readonly milliseconds: number }
  | { readonly kind: 'answer' | 'work' | 'restart' | 'replay' };

const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom('passes' as const, 'off' as const),
      milliseconds: fc.integer({ min: 0, max: HOUR }),
    }),
    fc.record({
      kind: fc.constantFrom('answer' as const, 'work' as const, 'restart' as const, 'replay' as const),
    }),
  ),
  { maxLength: 60 },
);

test('whatever comes in whatever order, the device releases once and not before the server’s time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 20_000 }), happenings, (lasts, story) => {
      const deadline = lasts * 1000;
      let [now, booted, boots] = [0, 0, 1];
      const uptime = () => later(now - booted, `boot ${boots}`);
      const wanted = () => order(1, 'restricted', inSeconds(Math.ceil(Math.max(0, deadline - now) / 1000)));
      const first = [order(0, 'unrestricted'), order(0, 'restricted', inSeconds(0))];
      let state = taken(taken(EMPTY_STATE, [wanted()], uptime()), [wanted()], uptime());
      let releases = 0;
      for (const one of story) {
        if (one.kind === 'passes' || one.kind === 'off') {
          now += one.milliseconds;
          if (one.kind === 'off') [booted, boots, state] = [now, boots + 1, restarted(state)];
        } else if (one.kind === 'restart') state = restarted(state);
        else if (one.kind === 'answer') state = taken(state, [wanted()], uptime());
        else if (one.kind === 'replay') {
          for (const old of first) {
            assert.ok('refused' in adopt(state, answer([old], state.sequence), () => false, uptime()));
          }
        } else {
          const before = entryOf(state, 'codeExecution');
          state = countDown(state, 'codeExecution', uptime());
          const after = entryOf(state, 'codeExecution');
          assert.ok(
            after !== null && !isOver(after, uptime()),
            'what is over is never carried out as it was',
          );
          if (after.desired.mode === 'unrestricted' && before?.desired.mode === 'restricted') releases += 1;
          if (after.desired.mode === 'unrestricted') assert.ok(now >= deadline, `${now} of ${deadline}`);
        }
        assert.ok(releases <= 1);
      }
    }),
    { numRuns: 1000 },
  );
});
