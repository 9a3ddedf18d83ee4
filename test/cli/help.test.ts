import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { agent } from '../../src/cli/commands/agent.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { EXIT } from '../../src/cli/exit.ts';
import { flagOf, type OptionRow, variableOf } from '../../src/cli/option.ts';
import { type AnyVerb, type Entry, isGroup, underName } from '../../src/cli/verb.ts';
import { runCommand } from '../kit/command.ts';

const verbsOf = (entries: readonly Entry[], path: string[] = []): { words: string[]; verb: AnyVerb }[] =>
  entries.flatMap((entry) =>
    isGroup(entry)
      ? verbsOf(entry.verbs, [...path, entry.name])
      : [{ words: [...path, entry.name], verb: entry }],
  );

const VERBS = verbsOf(COMMANDS);
/** Help without the breaks of lines, so that a sentence can be looked for. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('help of every verb', () => {
  for (const { words, verb } of VERBS) {
    const name = words.join(' ');
    test(`cordon ${name} --help teaches, names every option with its variable, and has examples`, async () => {
      const { status, stdout, stderr } = await runCommand([...words, '--help']);
      assert.equal(status, 0);
      assert.equal(stderr, '');
      assert.ok(verb.description.length > 50);
      assert.ok(flat(stdout).includes(flat(verb.description)));
      for (const [option, row] of Object.entries<OptionRow<unknown>>(verb.options)) {
        assert.ok(stdout.includes(`  ${flagOf(option)}`), flagOf(option));
        assert.ok(flat(stdout).includes(variableOf(option, row)), `${flagOf(option)} names its variable`);
        if (row.presetText !== null) assert.ok(flat(stdout).includes(`default: ${row.presetText}`), option);
      }
      assert.ok(verb.examples.length >= 2 && verb.examples.length <= 4, 'two to four examples');
      for (const { line, does } of verb.examples) {
        assert.ok(stdout.includes(line), line);
        assert.ok(stdout.includes(`# ${does}`), does);
      }
      assert.ok(
        verb.examples.some(({ line }) => line.includes(`cordon ${name}`)),
        'an example of itself',
      );
    });
  }
});

test('the agent’s verbs name the executable that a device has, and other commands stay as they are', () => {
  const verbs = underName(agent.verbs, 'cordon agent', 'cordon-agent');
  for (const { name, description, examples } of verbs) {
    const texts = [description, ...examples.map(({ line }) => line)].join('\n');
    assert.doesNotMatch(texts, /cordon\s+agent\b/, name);
    assert.ok(
      examples.some(({ line }) => line.includes(`cordon-agent ${name}`)),
      name,
    );
  }
  assert.match(verbs.find(({ name }) => name === 'enrol')!.description, /cordon enrolment-token create/);
});

test('every example is a command line that its verb takes', async () => {
  for (const { verb } of VERBS) {
    for (const { line } of verb.examples) {
      const command = /cordon ((?:[^|#>]|"[^"]*")*?)(?:\)|$| [|>])/.exec(line.replaceAll('\\\n', ' '))?.[1];
      assert.ok(command !== undefined, line);
      const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c!);
      const token: Record<string, string> = line.startsWith('CORDON_ENROLMENT_TOKEN=')
        ? { CORDON_ENROLMENT_TOKEN: 't' }
        : {};
      const environment = { CORDON_URL: 'http://127.0.0.1:1', ...token };
      const { stderr } = await runCommand(words, { environment, answer: 'why' });
      assert.doesNotMatch(stderr, /unknown|missing required|too many|needed|takes /, `${line}\n${stderr}`);
    }
  }
});

test('one variable means one thing: no two options of a verb share one', () => {
  for (const { words, verb } of VERBS) {
    const variables = Object.entries<OptionRow<unknown>>(verb.options).map(([name, row]) =>
      variableOf(name, row),
    );
    assert.equal(new Set(variables).size, variables.length, words.join(' '));
    assert.ok(
      variables.every((variable) => /^CORDON_[A-Z_]+$/.test(variable)),
      words.join(' '),
    );
  }
});

test('help of the command lists every verb and every exit status', async () => {
  for (const words of [['--help'], []]) {
    const { status, stdout } = await runCommand(words);
    assert.equal(status, 0);
    for (const { name, summary } of COMMANDS) {
      assert.match(stdout, new RegExp(`^  ${name}\\b`, 'm'));
      assert.ok(flat(stdout).includes(summary));
    }
    for (const { status: number, meaning } of Object.values(EXIT)) {
      assert.ok(flat(stdout).includes(`${number} ${meaning}`));
    }
  }
});

test('a word without its verb shows what there is and ends with 2', async () => {
  const { status, stderr, stdout } = await runCommand(['app']);
  assert.equal(status, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /create .*create an application/);
  assert.doesNotMatch(stderr, /outputHelp/);
});

test('the version is written alone', async () => {
  const { status, stdout } = await runCommand(['--version']);
  assert.deepEqual([status, stdout], [0, '0.0.0\n']);
});
