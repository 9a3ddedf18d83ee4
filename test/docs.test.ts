import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import test, { describe } from 'node:test';
import { markdownOf, TABLES } from '../scripts/docs/tables.ts';
import { EXCHANGE_PATH } from '../src/contract/device.ts';
import { filesBelow, ROOT } from './architecture/source.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const pages = [
  ...globSync('*.md', { cwd: ROOT }),
  ...filesBelow(['docs', 'src', 'bench', 'test', 'examples'], ['md']),
].sort();
const manifest: { scripts: Record<string, string> } = JSON.parse(read('package.json'));

describe('tables that code and documents share', () => {
  for (const [name, table] of Object.entries(TABLES)) {
    test(`${table.file} has the table "${name}" as the code has it (npm run docs writes it)`, () => {
      const found = new RegExp(`<!-- table: ${name} -->\n([\\s\\S]*?)\n<!-- end -->`).exec(
        read(table.file),
      )?.[1];
      assert.equal(found, markdownOf(table));
    });
  }
});

describe('what documents refer to exists', () => {
  test('every link to a file or a heading of the repository', () => {
    const broken = pages.flatMap((page) =>
      linksOf(prose(read(page)))
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => !leadsSomewhere(page, link))
        .map((link) => `${page}: ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  test('every script of a `npm run`', () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/npm (?:run (?:--silent |-s )?([\w:-]+)|(test)\b)/g)].map(([, run, test]) => ({
        page,
        script: run ?? test!,
      })),
    );
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter(({ script }) => manifest.scripts[script] === undefined),
      [],
    );
  });

  test('every file of the repository that is named in the text', () => {
    const missing = pages.flatMap((page) =>
      [...read(page).matchAll(/`((?:src|scripts|docs|test|bench|examples)\/[\w./-]+\.\w+)`/g)]
        .map(([, file]) => file!)
        .filter((file) => !existsSync(join(ROOT, file)))
        .map((file) => `${page}: ${file}`),
    );
    assert.deepEqual(missing, []);
  });

  test('every environment variable of ours', () => {
    const code = filesBelow(['src', 'scripts', 'test'], ['ts', 'mjs', 'sh']).map(read).join('\n');
    const derived = (name: string) => code.includes(name) || new RegExp(`\\b${camel(name)}\\b`).test(code);
    const unknown = pages.flatMap((page) =>
      [...read(page).matchAll(/\bCORDON_[A-Z_]*[A-Z]\b/g)]
        .filter(([name]) => !derived(name))
        .map(([name]) => `${page}: ${name}`),
    );
    assert.deepEqual(unknown, []);
  });
});

test('every script of package.json that needs packages installs them first', () => {
  const bare = Object.keys(manifest.scripts).filter(
    (name) =>
      !name.startsWith('pre') &&
      !/^node scripts\/setup\.mjs( --console)?$/.test(manifest.scripts[`pre${name}`] ?? ''),
  );
  assert.deepEqual(bare, []);
});

test('the operations page names the addresses that are no operation of the table', () => {
  const page = read('docs/operations.md');
  for (const address of [EXCHANGE_PATH, '/healthz', '/readyz', '/oauth2/v2.0/token', '/oauth2/token']) {
    assert.ok(page.includes(address), address);
  }
});

/** `CORDON_CLIENT_SECRET` → `clientSecret`, the name of an option's row. */
function camel(variable: string): string {
  return variable
    .replace(/^CORDON_/, '')
    .toLowerCase()
    .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The text without code, where brackets mean something else. */
function prose(text: string): string {
  return text
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ' '));
}

function linksOf(text: string): string[] {
  const inline = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  const pictures = [...text.matchAll(/(?:src|srcset|href)="([^"]+)"/g)].map(([, link]) => link!);
  return [...inline, ...pictures];
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path, heading] = link.split('#') as [string, string?];
  const target = path === '' ? page : posix.join(dirname(page), path);
  if (!existsSync(join(ROOT, target))) return false;
  return heading === undefined || headingsOf(read(target)).includes(heading);
}

/** Anchors as GitHub makes them. */
function headingsOf(text: string): string[] {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}
