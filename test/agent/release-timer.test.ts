import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import {
  heard,
  MARK_EVERY,
  marked,
  type ReleaseTimer,
  timeLeft,
  waitFor,
} from '../../src/agent/release-timer.ts';
import type { Uptime } from '../../src/agent/uptime.ts';

const at = '2026-03-02T13:15:20Z';
const up = (milliseconds: number, boot = 'one'): Uptime => ({ boot, milliseconds });
const HOUR = 3_600_000;
const hour = heard(undefined, { at, inSeconds: 3600 }, up(0));

describe('a release timer', () => {
  test('counts what the device was up, a little slower than its clock', () => {
    assert.equal(timeLeft(hour, up(0)), HOUR);
    assert.equal(timeLeft(hour, up(HOUR)), HOUR * 0.001);
    assert.equal(timeLeft(hour, up(HOUR / 0.999 + 1)), 0);
    assert.equal(timeLeft(hour, up(100 * HOUR)), 0, 'and not below nothing');
  });

  test('is kept in the ledger once a minute, and no more often', () => {
    assert.equal(marked(hour, up(MARK_EVERY - 1)), hour);
    const kept = marked(hour, up(MARK_EVERY));
    assert.deepEqual(kept, { ...hour, left: HOUR - MARK_EVERY * 0.999, mark: up(MARK_EVERY) });
  });

  test('loses over a reboot what was not kept, and nothing else: the release is later, never sooner', () => {
    assert.equal(timeLeft(hour, up(5 * HOUR, 'two')), HOUR, 'another boot counts from its first mark');
    const kept = marked(hour, up(5 * HOUR, 'two'));
    assert.deepEqual(kept, { at, left: HOUR, mark: up(5 * HOUR, 'two'), gap: true });
    assert.equal(timeLeft(hour, up(-1)), HOUR, 'an uptime that went back within a boot is one too');
    assert.equal(marked(hour, up(-1)).gap, true);
  });

  test('takes the server’s word where that is later, so that no wrong clock shortens it', () => {
    assert.equal(heard(hour, { at, inSeconds: 3000 }, up(1000)), hour);
    assert.equal(heard(hour, { at, inSeconds: 0 }, up(1000)), hour);
    const later = heard(hour, { at, inSeconds: 7200 }, up(1000));
    assert.deepEqual(later, { at, left: 2 * HOUR, mark: up(1000), gap: false });
  });

  test('takes the server’s word whatever it is when the count has a gap', () => {
    const sooner = heard(hour, { at, inSeconds: 60 }, up(5, 'two'));
    assert.deepEqual(sooner, { at, left: 60_000, mark: up(5, 'two'), gap: false });
    const over = heard(marked(hour, up(5, 'two')), { at, inSeconds: 0 }, up(9, 'two'));
    assert.equal(timeLeft(over, up(9, 'two')), 0);
  });

  test('asks to be looked at when its time is over, and once a minute before', () => {
    assert.equal(waitFor(hour, up(0)), MARK_EVERY);
    const short = heard(undefined, { at, inSeconds: 10 }, up(0));
    const wait = waitFor(short, up(0));
    assert.ok(wait > 10_000 && wait < 10_020, `${wait}`);
    assert.equal(timeLeft(short, up(wait)), 0);
  });
});

/** What can happen to a device with a timer, in an order of its own. */
type Happening =
  | { readonly kind: 'passes'; readonly milliseconds: number }
  | { readonly kind: 'off'; readonly milliseconds: number }
  | { readonly kind: 'mark' }
  | { readonly kind: 'crash' }
  /** A fresh answer: held back for a while on its way, by a server whose clock is behind by so much. */
  | { readonly kind: 'answer'; readonly held: number; readonly behind: number };

const span = fc.integer({ min: 0, max: 8 * HOUR });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('passes'), milliseconds: span }),
  fc.record({ kind: fc.constant('off'), milliseconds: span }),
  fc.record({ kind: fc.constant('mark') }),
  fc.record({ kind: fc.constant('crash') }),
  fc.record({
    kind: fc.constant('answer'),
    held: fc.integer({ min: 0, max: 75_000 }),
    behind: fc.oneof(fc.constant(0), span),
  }),
);

describe('whatever happens to the device', () => {
  /** Plays it in true time; calls `look` after each happening with what the device counts then. */
  const play = (
    lasts: number,
    rate: number,
    happenings: readonly Happening[],
    look: (left: number, now: number) => void,
  ): void => {
    const deadline = lasts * 1000;
    let now = 0;
    let booted = 0;
    let boots = 1;
    const uptime = (): Uptime => up((now - booted) * rate, `boot ${boots}`);
    let timer: ReleaseTimer = heard(undefined, { at, inSeconds: lasts }, uptime());
    let kept = timer;
    for (const one of happenings) {
      if (one.kind === 'passes') now += one.milliseconds;
      else if (one.kind === 'mark') {
        timer = marked(timer, uptime());
        kept = timer;
      } else if (one.kind === 'crash') timer = kept;
      else if (one.kind === 'off') {
        now += one.milliseconds;
        booted = now;
        boots += 1;
        timer = kept;
      } else {
        const inSeconds = Math.ceil(Math.max(0, deadline - (now - one.behind)) / 1000);
        now += one.held;
        timer = heard(timer, { at, inSeconds }, uptime());
        kept = timer;
      }
      look(timeLeft(timer, uptime()), now);
    }
  };

  const lasts = fc.integer({ min: 60, max: 90 * 86_400 });
  // What time services slew at most, either way.
  const rate = fc.double({ min: 0.9995, max: 1.0005, noNaN: true });
  const story = fc.array(happening, { maxLength: 40 });

  test('it never counts its time as over before the server’s deadline', () => {
    fc.assert(
      fc.property(lasts, rate, story, (seconds, speed, happenings) => {
        play(seconds, speed, happenings, (left, now) => {
          assert.ok(left > 0 || now >= seconds * 1000, `${left} ms left at ${now} of ${seconds * 1000}`);
        });
      }),
      { numRuns: 2000 },
    );
  });

  test('without a reboot its count never falls short of any deadline that an answer named', () => {
    const answers = fc.array(
      fc.record({ passes: span, inSeconds: fc.integer({ min: 0, max: 90 * 86_400 }) }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(rate, answers, (speed, all) => {
        let now = 0;
        let latest = 0;
        let timer: ReleaseTimer | undefined;
        for (const { passes, inSeconds } of all) {
          now += passes;
          timer = heard(timer, { at, inSeconds }, up(now * speed));
          latest = Math.max(latest, now + inSeconds * 1000);
          assert.ok(timeLeft(timer, up(now * speed)) > 0 || now >= latest);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a device that stays up counts its time as over, at most a thousandth late', () => {
    fc.assert(
      fc.property(lasts, (seconds) => {
        const timer = heard(undefined, { at, inSeconds: seconds }, up(0));
        assert.equal(timeLeft(timer, up(seconds * 1001.1)), 0);
      }),
    );
  });
});
