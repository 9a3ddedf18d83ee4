/** Threat model and enforcement claim; each claim names the test that shows it, and that test exists. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ROOT } from './architecture/source.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const page = read('docs/threat-model.md');

const claims = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| cannot') && !line.startsWith('| ---'));

/** Tests that a claim names, by file and title. */
const testsOf = (claim: string): { file: string; title: string }[] =>
  [...claim.matchAll(/`(test\/[\w./-]+\.test\.ts)`: \*([^*]+)\*/g)].map(([, file, title]) => ({
    file: file!,
    title: title!,
  }));

const exists = ({ file, title }: { file: string; title: string }): boolean =>
  existsSync(join(ROOT, file)) &&
  ["'", '"', '`'].some((quote) => read(file).includes(`${quote}${title}${quote}`));

test('every claim of the threat model names a test that is there', () => {
  assert.ok(claims.length > 30, `${claims.length} claims`);
  assert.deepEqual(
    claims.filter((claim) => testsOf(claim).length === 0),
    [],
  );
  const missing = claims.flatMap(testsOf).filter((named) => !exists(named));
  assert.deepEqual(missing, []);
});

test('what a restriction is said to hold against names tests that are there', () => {
  const [, chapter = ''] = read('docs/enforcement.md').split('## What it holds against');
  const rows = chapter
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => /^\| (?!done|---)/.test(line));
  assert.ok(rows.length > 8, `${rows.length} rows`);
  assert.deepEqual(
    rows.filter((row) => testsOf(row).length === 0),
    [],
  );
  const missing = rows.flatMap(testsOf).filter((named) => !exists(named));
  assert.deepEqual(missing, []);
});

test('a test that is not there would be found', () => {
  const [invented] = testsOf('| x | `test/docs-threats.test.ts`: *no such* |');
  assert.deepEqual(invented, { file: 'test/docs-threats.test.ts', title: 'no such' });
  const title = ['no', 'such', 'title'].join(' ');
  assert.equal(exists({ file: 'test/docs-threats.test.ts', title }), false);
  assert.equal(exists({ file: 'test/nowhere.test.ts', title: 'no such' }), false);
});

test('every attacker that the design names has a chapter', () => {
  const chapters = [...page.matchAll(/^## (.*)$/gm)].map(([, chapter]) => chapter);
  for (const attacker of ['local user', 'Local root', 'application secret', 'device key', 'hostile server']) {
    assert.ok(
      chapters.some((chapter) => chapter?.includes(attacker)),
      attacker,
    );
  }
  for (const attacker of ['man in the middle', 'copy of the database']) {
    assert.ok(
      chapters.some((chapter) => chapter?.includes(attacker)),
      attacker,
    );
  }
});
