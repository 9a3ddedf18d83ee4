import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { CONSOLE } from './rules.ts';
import { type Import, type Source, sourcesBelow } from './source.ts';

const sources = sourcesBelow('console', 'src/contract');
const byPath = new Map(sources.map((source) => [source.path, source]));
const pages = sources.filter(({ path }) => path.startsWith('console/'));

describe('the console', () => {
  test('imports itself, the contract, and the packages of its list', () => {
    const faults = pages.flatMap(({ path, imports }) =>
      imports
        .filter((item) => !isAllowed(item))
        .map(({ target, line }) => `${path}:${line} imports ${target}`),
    );
    assert.deepEqual(faults, []);
  });

  test('loads no package through the contract, whose schemas would be half of its script', () => {
    const faults = pages.flatMap(({ path, imports }) =>
      imports
        .filter((item) => item.relative && !item.typesOnly && item.target.startsWith('src/'))
        .flatMap(({ target }) => packagesOf(target).map((name) => `${path} → ${target} → ${name}`)),
    );
    assert.deepEqual(faults, []);
  });

  test('uses every package of its list', () => {
    const used = new Set(
      pages.flatMap(({ imports }) =>
        imports.filter(({ relative }) => !relative).map(({ target }) => nameOf(target)),
      ),
    );
    assert.deepEqual([...used].sort(), [...CONSOLE.packages].sort());
  });

  test('writes no markup of its own making, evaluates no text, and keeps nothing of a session', () => {
    const forbidden = ['eval()', 'document.write', 'document.cookie', 'sessionStorage.setItem'];
    // One file keeps what a tab goes on with when it is loaded anew, which opens nothing.
    const keeps = 'console/src/parts/kept.ts';
    const faults = pages.flatMap(({ path, uses }) =>
      uses
        .filter(({ name }) => forbidden.includes(name) || name.endsWith('.innerHTML'))
        .filter(({ name }) => path !== keeps || name !== 'sessionStorage.setItem')
        .map(({ name, line }) => `${path}:${line} ${name}`),
    );
    assert.deepEqual(faults, []);
  });
});

function isAllowed({ relative, target }: Import): boolean {
  if (relative) return target.startsWith('console/src/') || target.startsWith('src/contract/');
  return CONSOLE.packages.includes(nameOf(target));
}

const nameOf = (target: string): string =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');

/** Packages that a file of the contract loads when it runs, itself or through others. */
function packagesOf(start: string, seen = new Set<string>()): string[] {
  if (seen.has(start)) return [];
  seen.add(start);
  const source: Source | undefined = byPath.get(start);
  return (source?.imports ?? [])
    .filter(({ typesOnly }) => !typesOnly)
    .flatMap(({ relative, target }) => (relative ? packagesOf(target, seen) : [target]));
}
