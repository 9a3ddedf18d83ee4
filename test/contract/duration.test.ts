import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { durationOf } from '../../src/contract/duration.ts';

const MINUTE = 60_000;

test('a duration is read by its units, in whole numbers', () => {
  const cases: Readonly<Record<string, number>> = {
    PT1M: MINUTE,
    PT90S: 90_000,
    PT4H: 240 * MINUTE,
    P1DT12H: 36 * 60 * MINUTE,
    P2W: 14 * 1440 * MINUTE,
    P90D: 90 * 1440 * MINUTE,
    P1DT1H1M1S: 1440 * MINUTE + 60 * MINUTE + MINUTE + 1000,
    PT0S: 0,
  };
  for (const [written, milliseconds] of Object.entries(cases))
    assert.equal(durationOf(written), milliseconds);
});

test('what is no duration, or has no fixed length, is none', () => {
  const none = [
    '',
    'P',
    'PT',
    'P1DT',
    '4h',
    'PT4',
    'PT-1M',
    '-PT1M',
    'PT1.5H',
    'pt4h',
    'P1M',
    'P1Y',
    'P1Y2DT3M',
  ];
  for (const written of [...none, ' PT4H', 'PT4H ', 'PT1S1M', 'PT9999999999S', 'PT４H']) {
    assert.equal(durationOf(written), null, written);
  }
});

test('any combination of units is their sum', () => {
  const part = fc.option(fc.nat(10_000), { nil: null });
  fc.assert(
    fc.property(part, part, part, part, part, (weeks, days, hours, minutes, seconds) => {
      const unit = (count: number | null, letter: string) => (count === null ? '' : `${count}${letter}`);
      const time = unit(hours, 'H') + unit(minutes, 'M') + unit(seconds, 'S');
      const written = `P${unit(weeks, 'W')}${unit(days, 'D')}${time === '' ? '' : `T${time}`}`;
      const sum =
        ((weeks ?? 0) * 7 + (days ?? 0)) * 86_400 +
        (hours ?? 0) * 3600 +
        (minutes ?? 0) * 60 +
        (seconds ?? 0);
      assert.equal(durationOf(written), written === 'P' ? null : sum * 1000);
    }),
  );
});
