import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { ROOT, sourcesBelow } from './source.ts';

interface Entry {
  version?: string;
  integrity?: string;
  resolved?: string;
  license?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
  optional?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const json = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const manifest: Record<
  'dependencies' | 'devDependencies' | 'optionalDependencies',
  Record<string, string>
> & { readonly name: string } = json('package.json');
const lock: Record<string, Entry> = json('package-lock.json').packages;
const packages = Object.entries(lock).filter(([path]) => path !== '');

/** Packages that no file imports: they are run by name, or give types to the checker. */
const TOOLS: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'run by scripts/check.ts',
  typescript: 'run by scripts/check.ts',
  '@types/node': 'types of Node for the checker',
  '@types/pg': 'types of pg for the checker',
  '@types/react': 'types of React for the checker',
  '@types/react-dom': 'types of React for the checker',
};

const LICENCES = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'PSF-2.0',
  'Unlicense',
  'MIT OR Apache-2.0',
];

/** Of packages that only help to develop: nothing of them goes along with what is published. */
const DEVELOPMENT_LICENCES = ['MPL-2.0'];

/** Names of the packages that files below the folders import, types included. */
function importedBelow(...folders: string[]): Set<string> {
  return new Set(
    sourcesBelow(...folders)
      .flatMap(({ imports }) => imports)
      .filter(({ relative, target }) => !relative && !isBuiltin(target) && target !== manifest.name)
      .map(({ target }) =>
        target
          .split('/')
          .slice(0, target.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
  );
}

test('what the product imports is a dependency, and every dependency is imported', () => {
  assert.deepEqual([...importedBelow('src')].sort(), Object.keys(manifest.dependencies).sort());
});

test('what only tests, scripts and the console, which is bundled, import is a development dependency, and every one is used', () => {
  const used = [...importedBelow('test', 'scripts', 'bench', 'console')].filter(
    (name) => !(name in manifest.dependencies),
  );
  assert.deepEqual([...used, ...Object.keys(TOOLS)].sort(), Object.keys(manifest.devDependencies).sort());
});

test('the only optional dependencies are the supplied Node, in one version', () => {
  const supplied = Object.entries(manifest.optionalDependencies);
  assert.ok(supplied.every(([name]) => name.startsWith('node-')));
  assert.equal(new Set(supplied.map(([, version]) => version)).size, 1);
});

test('every version is exact', () => {
  const versions = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies].flatMap(
    (list) => Object.entries(list),
  );
  assert.deepEqual(
    versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});

test('no package runs a script when it is installed', () => {
  assert.deepEqual(
    packages.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path),
    [],
  );
});

test('the lock file names no host and has the checksum of every package', () => {
  assert.deepEqual(
    packages
      .filter(([, entry]) => entry.resolved !== undefined || !entry.integrity || !entry.version)
      .map(([path]) => path),
    [],
  );
});

test('the lock file has every package that another one names, for all platforms, or a clean clone cannot install', () => {
  const missing = packages.flatMap(([path, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter((name) => !resolves(path, name))
      .map((name) => `${path} → ${name}`),
  );
  assert.deepEqual(missing, []);
});

test('the licence of every package is one that goes with Apache-2.0', () => {
  assert.deepEqual(
    packages
      .filter(([, { license, dev, optional }]) => {
        const more = dev === true || optional === true ? DEVELOPMENT_LICENCES : [];
        return ![...LICENCES, ...more].includes(license ?? '');
      })
      .map(([path, { license }]) => `${path}: ${license}`),
    [],
  );
});

/** Looks a package up as Node does: beside the one that needs it, then in the folders above. */
function resolves(path: string, name: string): boolean {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`] !== undefined) return true;
    if (at === '') return false;
  }
}
