import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { COMMANDS } from '../src/cli/commands/index.ts';
import { flagOf } from '../src/cli/option.ts';
import { type AnyVerb, isGroup } from '../src/cli/verb.ts';
import { filesBelow, ROOT } from './architecture/source.ts';

const pages = [
  ...globSync('*.md', { cwd: ROOT }),
  ...filesBelow(['docs', 'examples', 'src', 'bench'], ['md']),
].sort();

/** Command lines of the product in the code blocks of a page, continuation lines joined. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, block]) =>
    block!.replace(/\\\n\s*/g, ''),
  );
  return blocks
    .flatMap((block) => block.split('\n'))
    .flatMap(
      (line) =>
        line.match(/(?:^|\$\(|^[A-Z_]+=\S+ )\s*(?:npm run --silent cordon --|cordon) +([^|)#]*)/)?.[1] ?? [],
    )
    .map((line) => line.trim());
}

/** Words as a shell splits them; enough for the quoting that the pages use. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare!,
  );
}

/** What is wrong with a command line; null when the command would take it. */
function fault(line: string): string | null {
  const [first, ...rest] = wordsOf(line);
  if (first === undefined || first === '--help' || first === '--version') return null;
  const entry = COMMANDS.find(({ name }) => name === first);
  if (entry === undefined) return `there is no verb ${first}`;
  const verb: AnyVerb | undefined = isGroup(entry) ? entry.verbs.find(({ name }) => name === rest[0]) : entry;
  if (verb === undefined) return rest[0] === '--help' ? null : `${first} has no ${rest[0]}`;
  return faultOfArguments(verb, isGroup(entry) ? rest.slice(1) : rest);
}

function faultOfArguments(verb: AnyVerb, words: readonly string[]): string | null {
  if (words.includes('--help')) return null;
  const flags = new Map(
    Object.entries(verb.options).map(([name, row]) => [flagOf(name), row as { placeholder: string | null }]),
  );
  let given = 0;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (!word.startsWith('--')) {
      given += 1;
      continue;
    }
    const row = flags.get(word.split('=')[0]!);
    if (row === undefined) return `${verb.name} has no option ${word}`;
    if (row.placeholder !== null && !word.includes('=')) at += 1;
    if (at >= words.length) return `${word} needs a value`;
  }
  const needed = verb.arguments.filter(({ optional }) => optional !== true).length;
  const most = verb.arguments.some(({ several }) => several === true)
    ? Number.POSITIVE_INFINITY
    : verb.arguments.length;
  return given < needed || given > most
    ? `${verb.name} takes ${needed} to ${most} arguments, not ${given}`
    : null;
}

test('every command line in the documents is one that the command takes', () => {
  const lines = pages.flatMap((page) =>
    commandLines(readFileSync(join(ROOT, page), 'utf8')).map((line) => ({ page, line, fault: fault(line) })),
  );
  assert.deepEqual(
    lines.filter((entry) => entry.fault !== null),
    [],
  );
});

test('a command line that the command would refuse is found', () => {
  assert.equal(fault('machines --emulator'), null);
  assert.match(fault('machine --emulator') ?? '', /no verb machine/);
  assert.match(fault('app make x') ?? '', /app has no make/);
  assert.match(fault('machines --emulato') ?? '', /no option --emulato/);
  assert.match(fault('restrict --wait') ?? '', /takes 1 to/);
  assert.deepEqual(
    commandLines('```\nTOKEN=$(cordon enrolment-token create \\\n   --json | jq -r .token)\n```'),
    ['enrolment-token create --json'],
  );
});

test('the page on configuration says which verbs have no --json', () => {
  const verbs = COMMANDS.flatMap((entry): [string, AnyVerb][] =>
    isGroup(entry) ? entry.verbs.map((verb) => [`${entry.name} ${verb.name}`, verb]) : [[entry.name, entry]],
  );
  const without = verbs.filter(([, { options }]) => options.json === undefined).map(([name]) => name);
  const running = ['serve', 'emulate', 'demo', 'mcp'];
  assert.deepEqual(
    without.filter((name) => !running.includes(name)).toSorted(),
    ['agent run', 'audit', 'health', 'openapi'],
    'docs/configuration.md names each of them',
  );
});
