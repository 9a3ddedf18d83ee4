import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { REASONS, ROOMS, type Room, RULES, reasonAgainst } from './architecture/rules.ts';
import { type Import, parseSource, ROOT, type Source, sourcesBelow } from './architecture/source.ts';

const sources = sourcesBelow('src');
const byPath = new Map(sources.map((source) => [source.path, source]));

describe('imports', () => {
  test('every folder of src is a room with a rule, and every rule has a room', () => {
    assert.deepEqual([...new Set(sources.map(({ path }) => path.split('/')[1]))].sort(), [...ROOMS].sort());
  });

  test('every pair of rooms is either allowed or forbidden with a reason, never both', () => {
    for (const from of ROOMS) {
      for (const to of ROOMS) {
        if (from === to) continue;
        const allowed = RULES[from].rooms.includes(to);
        const reasons = REASONS.filter((reason) => reason.from.includes(from) && reason.to.includes(to));
        assert.equal(
          reasons.length > 0,
          !allowed,
          `${from} → ${to}: allowed ${allowed}, reasons ${reasons.length}`,
        );
      }
    }
  });

  for (const room of ROOMS) {
    test(`${room} imports only what its rule allows`, () => {
      const faults = sources
        .filter(({ path }) => roomOf(path) === room)
        .flatMap((source) => source.imports.flatMap((item) => fault(source, item) ?? []));
      assert.deepEqual(faults, []);
    });
  }

  for (const room of ROOMS.filter((name) => RULES[name].withoutPackages !== undefined)) {
    test(`${room} loads no package, not even through what it imports`, () => {
      const faults = sources
        .filter(({ path }) => roomOf(path) === room)
        .flatMap(({ path }) =>
          pathsToPackages(path).map((chain) => `${chain.join(' → ')}: ${RULES[room].withoutPackages}`),
        );
      assert.deepEqual(faults, []);
    });
  }

  test('no modules import each other in a circle', () => {
    const open: string[] = [];
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string): void => {
      if (done.has(path)) return;
      const start = open.indexOf(path);
      if (start >= 0) {
        circles.push([...open.slice(start), path].join(' → '));
        return;
      }
      open.push(path);
      for (const item of byPath.get(path)?.imports ?? [])
        if (item.relative && !item.typesOnly) visit(item.target);
      open.pop();
      done.add(path);
    };
    for (const { path } of sources) visit(path);
    assert.deepEqual(circles, []);
  });
});

describe('the rules themselves', () => {
  const check = (path: string, text: string) => {
    const source = parseSource(path, text);
    return source.imports.flatMap((item) => fault(source, item) ?? []).length;
  };

  test('an import against an arrow is found in every form it can be written', () => {
    for (const line of [
      "import { a } from '../store/store.ts';",
      "import type { A } from '../store/store.ts';",
      "export { a } from '../store/store.ts';",
      "export * from '../store/store.ts';",
      "const a = await import('../store/store.ts');",
      "type A = import('../store/store.ts').A;",
      "new Worker(new URL('../store/store.ts', import.meta.url));",
      "import 'fastify';",
      "import { readFileSync } from 'node:fs';",
      "import { createRequire } from 'node:module';",
    ]) {
      assert.equal(check('src/domain/example.ts', line), 1, line);
    }
  });

  test('types of the port may be imported by a service, its values may not', () => {
    assert.equal(check('src/service/example.ts', "import type { Store } from '../store/port.ts';"), 0);
    assert.equal(check('src/service/example.ts', "import { type Store } from '../store/port.ts';"), 1);
    assert.equal(check('src/service/example.ts', "import type { S } from '../store/store.ts';"), 1);
  });

  test('what only looks like an import is left alone', () => {
    assert.equal(
      check('src/domain/example.ts', "// import 'fastify';\nconst text = \"import 'fastify'\";"),
      0,
    );
  });
});

function roomOf(path: string): Room | null {
  const [top, room] = path.split('/');
  return top === 'src' && ROOMS.includes(room as Room) ? (room as Room) : null;
}

/** What is wrong with an import of a source, with its reason; null when nothing is. */
function fault(source: Source, item: Import): string | null {
  const from = roomOf(source.path)!;
  const where = `${source.path}:${item.line} imports ${item.target}`;
  if (!item.relative) return externalFault(from, item.target, where);
  const to = roomOf(item.target);
  if (to === null) return `${where}: outside of src`;
  if (!existsSync(join(ROOT, item.target)) && byPath.has(source.path))
    return `${where}: there is no such file`;
  if (to === from || RULES[from].rooms.includes(to)) return null;
  const exception = RULES[from].types.find(({ file }) => file === item.target);
  if (exception !== undefined && item.typesOnly) return null;
  return `${where}: ${reasonAgainst(from, to)}`;
}

function externalFault(from: Room, target: string, where: string): string | null {
  const rule = RULES[from];
  if (isBuiltin(target)) {
    if (!target.startsWith('node:')) return `${where}: write node:${target}`;
    if (target === 'node:module') return `${where}: createRequire would hide imports from this test`;
    const allowed = rule.node === 'all' || (rule.node !== 'none' && rule.node.includes(target));
    return allowed
      ? null
      : `${where}: ${from} may use ${rule.node === 'none' ? 'no module' : rule.node} of Node`;
  }
  const known = rule.packages.some(
    (name) => target === name || target.startsWith(name.endsWith('/') ? name : `${name}/`),
  );
  return known ? null : `${where}: ${from} may use ${rule.packages.join(', ') || 'no packages'}`;
}

/** Chains of run-time imports from a file to a package, the shortest per package. */
function pathsToPackages(start: string): string[][] {
  const chains: string[][] = [];
  const seen = new Set([start]);
  const waiting: string[][] = [[start]];
  for (let chain = waiting.shift(); chain !== undefined; chain = waiting.shift()) {
    for (const item of byPath.get(chain.at(-1)!)?.imports ?? []) {
      if (item.typesOnly || seen.has(item.target) || isBuiltin(item.target)) continue;
      seen.add(item.target);
      (item.relative ? waiting : chains).push([...chain, item.target]);
    }
  }
  return chains;
}
