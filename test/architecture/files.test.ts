import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import test from 'node:test';
import { CLOCK_AND_CHANCE, CLOCK_ROOTS, ENVIRONMENT_READERS, LONG_FILES, WITHOUT_CLOCK } from './rules.ts';
import { parseSource, ROOT, type Source, sourcesBelow } from './source.ts';

const product = sourcesBelow('src');
const everything = [...product, ...sourcesBelow('test', 'scripts', 'bench', 'console')];
const room = ({ path }: Source) => path.split('/')[1]!;

/** `path:line name` for each use of one of the names. */
function usesOf(sources: readonly Source[], forbidden: (name: string, source: Source) => boolean): string[] {
  return sources.flatMap((source) =>
    source.uses
      .filter(({ name }) => forbidden(name, source))
      .map(({ name, line }) => `${source.path}:${line} ${name}`),
  );
}

test('no file is longer than 500 lines, and one longer than 300 has its reason in the list', () => {
  const long = everything.filter(({ lines }) => lines > 300);
  assert.deepEqual(
    long.filter(({ lines }) => lines > 500).map(({ path, lines }) => `${path} ${lines}`),
    [],
  );
  assert.deepEqual(long.map(({ path }) => path).sort(), Object.keys(LONG_FILES).sort());
});

test('types can be erased: no enum, namespace, parameter property, decorator or import by assignment', () => {
  const needing = ['enum', 'namespace', 'parameter property', 'decorator', 'import =', 'export ='];
  assert.deepEqual(
    usesOf(everything, (name) => needing.includes(name)),
    [],
  );
});

test('a thing has one name everywhere: no default exports', () => {
  assert.deepEqual(
    usesOf(everything, (name) => name === 'export default'),
    [],
  );
});

test('time, ids and chance are arguments of the logic, save in the files that say why not', () => {
  const names: readonly string[] = CLOCK_AND_CHANCE;
  const rooms: readonly string[] = WITHOUT_CLOCK;
  const logic = product.filter((source) => rooms.includes(room(source)));
  assert.deepEqual(
    usesOf(logic, (name, { path }) => names.includes(name) && !(path in CLOCK_ROOTS)),
    [],
  );
  const needless = Object.keys(CLOCK_ROOTS).filter(
    (path) => usesOf(product, (name, source) => source.path === path && names.includes(name)).length === 0,
  );
  assert.deepEqual(needless, [], 'entries of the list that nothing needs');
});

test('time and chance are found in every form they can be written', () => {
  const found = parseSource(
    'src/domain/example.ts',
    "import { randomUUID } from 'node:crypto';\nconst now = Date.now;\nnew Date();\nMath.random();\nnew Date(0);",
  ).uses.map(({ name }) => name);
  assert.deepEqual(
    found.filter((name) => (CLOCK_AND_CHANCE as readonly string[]).includes(name)),
    ['import randomUUID', 'Date.now', 'new Date()', 'Math.random'],
  );
});

test('only the command writes to the console; the server logs', () => {
  assert.deepEqual(
    usesOf(product, (name, source) => name.startsWith('console.') && !['cli', 'bin'].includes(room(source))),
    [],
  );
});

test('the environment is read where configuration is made, and nowhere later', () => {
  assert.deepEqual(
    usesOf(product, (name, { path }) => name === 'process.env' && !(path in ENVIRONMENT_READERS)),
    [],
  );
});

test('a folder of src with more than two files says what lives there', () => {
  const folders = Map.groupBy(product, ({ path }) => dirname(path));
  const silent = [...folders]
    .filter(([folder, files]) => !isRoom(folder) && files.length > 2 && !describes(folder))
    .map(([folder]) => folder);
  assert.deepEqual(silent, []);
  const rooms = new Set(product.map((source) => `src/${room(source)}`));
  assert.deepEqual(
    [...rooms].filter((folder) => paragraph(folder) === null),
    [],
  );
});

function isRoom(folder: string): boolean {
  return folder.split('/').length === 2;
}

/** By a README of its own, or by name in the README of the folder above. */
function describes(folder: string): boolean {
  return (
    paragraph(folder) !== null ||
    (paragraph(dirname(folder)) ?? '').includes(`\`${posix.basename(folder)}/\``)
  );
}

/** Text of a folder's README, null when it has none or says less than a sentence. */
function paragraph(folder: string): string | null {
  const file = join(ROOT, folder, 'README.md');
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  return text.replace(/^#.*$/gm, '').trim().length < 80 ? null : text;
}
