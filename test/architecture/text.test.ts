import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { filesBelow, ROOT } from './source.ts';

/** Each with what is wrong with it. Written in pieces, so that this file does not contain what it looks for. */
const WORDS: readonly { readonly pattern: RegExp; readonly because: string; readonly except?: RegExp }[] = [
  { pattern: new RegExp(['registry', 'npmjs'].join('\\.')), because: 'names the host of a package registry' },
  {
    pattern: new RegExp(['deb', 'debian', 'org'].join('\\.')),
    because: 'names the host of a package registry',
  },
  { pattern: new RegExp(`(?<![\\w.])/${'work'}/`), because: "is a path of somebody's machine" },
  { pattern: new RegExp(`(?<![\\w.])/${'root'}/`), because: "is a path of somebody's machine" },
  { pattern: new RegExp(`/home/${'\\w'}`), because: "is a path of somebody's machine" },
  {
    pattern: new RegExp(`(?<![\\w.])/${'tmp'}/[A-Za-z]`),
    because: 'is a path that two runs share',
    // A test may name one as a value that nothing opens.
    except: /^test\//,
  },
  { pattern: new RegExp(['<'.repeat(7), '>'.repeat(7)].join('|')), because: 'is left of a merge' },
  {
    pattern: new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`),
    because: 'is an unfinished thought: do it or file it',
  },
];

function committedFiles(): string[] {
  if (existsSync(join(ROOT, '.git'))) {
    const listed = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
    return listed.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
  }
  return filesBelow(['src', 'test', 'scripts', 'bench', 'docs'], ['ts', 'md', 'mjs', 'sh', 'svg', 'sql']);
}

test('nothing committed names a path of a machine, a registry, or is left unfinished', () => {
  const found = committedFiles().flatMap((path) =>
    readFileSync(join(ROOT, path), 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        WORDS.filter(({ pattern, except }) => pattern.test(line) && except?.test(path) !== true).map(
          ({ because }) => `${path}:${index + 1} ${because}`,
        ),
      ),
  );
  assert.deepEqual(found, []);
});
