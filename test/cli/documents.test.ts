import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { flagOf, type OptionRow, variableOf } from '../../src/cli/option.ts';
import { type Entry, isGroup } from '../../src/cli/verb.ts';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

const optionsOf = (entries: readonly Entry[]): [string, OptionRow<unknown>][] =>
  entries.flatMap((entry) => (isGroup(entry) ? optionsOf(entry.verbs) : Object.entries(entry.options)));

test('docs/configuration.md names every option of every verb with its variable, and no other', () => {
  const lines = [...page.matchAll(/`(--[a-z-]+)(?: [^`]+)?` \| `(CORDON_[A-Z_]+)`/g)];
  const written = new Set(lines.map(([, flag, variable]) => `${flag} ${variable}`));
  const real = new Set(optionsOf(COMMANDS).map(([name, row]) => `${flagOf(name)} ${variableOf(name, row)}`));
  assert.deepEqual([...written].sort(), [...real].sort());
});
