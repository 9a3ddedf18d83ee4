import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { counted, grouped } from '../../console/src/text/count.ts';
import { csvField, csvLine } from '../../console/src/text/csv.ts';
import { relativeTime, utcTime } from '../../console/src/text/time.ts';
import { codePoint, piecesOf, spelledOut } from '../../console/src/text/visible.ts';
import { anyText } from '../kit/any-text.ts';

describe('texts that anybody may have written', () => {
  test('characters that reorder or hide are apart, and all others are as they were', () => {
    assert.deepEqual(piecesOf('a\u202egpj.exe'), [
      { text: 'a', control: false },
      { text: '\u202e', control: true },
      { text: 'gpj.exe', control: false },
    ]);
    assert.equal(spelledOut('a\u202eb\u0007'), 'a[U+202E]b[U+0007]');
    assert.equal(codePoint('\u{e0041}'), 'U+E0041');
    assert.deepEqual(piecesOf('line\n\ttab 👩‍💻'), [{ text: 'line\n\ttab 👩‍💻', control: false }]);
  });

  test('a text that cannot be seen is told, and marks that are piled up do not leave their line', () => {
    assert.equal(spelledOut('   '), '[U+0020 ×3]');
    assert.equal(spelledOut('\u2800'), '[U+2800]');
    assert.equal(spelledOut(''), '');
    assert.equal(spelledOut(`a${'\u0301'.repeat(120)}b`), `a${'\u0301'.repeat(4)}[U+0301 ×116]b`);
    for (const plain of ['Nguye\u0302\u0303n', ' a ', 'שִּׁ', '1\ufe0f\u20e3'])
      assert.equal(spelledOut(plain), plain);
  });

  test('pieces joined are the text, and no plain piece has a mark of direction', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const pieces = piecesOf(text);
        assert.equal(pieces.map((piece) => piece.text).join(''), text);
        for (const piece of pieces) if (!piece.control) assert.doesNotMatch(piece.text, /\p{Bidi_Control}/u);
      }),
    );
  });
});

/** A reader of CSV as RFC 4180 has it. */
function readCsv(line: string): string[] {
  const body = line.slice(0, -2);
  return [...body.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, field]) => field!.replaceAll('""', '"'));
}

describe('CSV', () => {
  test('what a spreadsheet would run is text', () => {
    for (const text of [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '  =cmd|x',
      '\uff1d1',
      '\u0000=1',
      '\ufeff=1',
    ])
      assert.match(csvField(text), /^"'/, JSON.stringify(text));
    assert.equal(csvField(-1), '"-1"', 'a number is no formula');
    assert.equal(csvField('ticket 8841 = malware'), '"ticket 8841 = malware"');
    assert.equal(csvField(null), '""');
  });

  test('a line reads as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1 }), (values) => {
        const read = readCsv(csvLine(values));
        assert.deepEqual(
          read,
          values.map((value, index) => (read[index] === `'${value}` ? `'${value}` : value)),
        );
      }),
    );
  });
});

describe('times', () => {
  const now = Date.parse('2026-11-26T03:00:00Z');
  test('are told by their distance, and exactly in UTC', () => {
    assert.equal(relativeTime('2026-11-26T02:59:55Z', now), 'now');
    assert.equal(relativeTime('2026-11-26T02:59:10Z', now), '50 s ago');
    assert.equal(relativeTime('2026-11-26T01:30:00Z', now), '1 h ago');
    assert.equal(relativeTime('2026-11-29T03:00:00Z', now), 'in 3 d');
    assert.equal(utcTime('2026-11-26T03:00:00.1234567Z'), '2026-11-26 03:00:00 UTC');
    assert.equal(utcTime('never'), 'never');
  });
});

test('counts are grouped by thousands as people write them in English', () => {
  const english = new Intl.NumberFormat('en');
  fc.assert(fc.property(fc.nat(), (count) => assert.equal(grouped(count), english.format(count))));
  assert.deepEqual([counted(1, 'machine'), counted(10_000, 'machine')], ['1 machine', '10,000 machines']);
});
