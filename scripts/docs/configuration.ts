/** The tables of `docs/configuration.md`, made of the tables of the command. */
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { EXIT } from '../../src/cli/exit.ts';
import { flagOf, type OptionRow, type OptionRows, variableOf } from '../../src/cli/option.ts';
import { CONNECTION } from '../../src/cli/options/connection.ts';
import { OUTPUT } from '../../src/cli/options/output.ts';
import { WAITING } from '../../src/cli/options/waiting.ts';
import { type Entry, isGroup } from '../../src/cli/verb.ts';
import { OWN_CODES } from '../../src/sdk/error.ts';

const FILE = 'docs/configuration.md';
const HEADS = ['option', 'variable', 'default', 'meaning'];

type Options = readonly (readonly [name: string, row: OptionRow<unknown>])[];
const entriesOf = (rows: OptionRows): Options => Object.entries(rows);

/** The rows themselves: a verb of the device has another `--url` than the connection. */
const SHARED = new Set<unknown>([CONNECTION, OUTPUT, WAITING].flatMap((rows) => Object.values(rows)));

/** Verbs by their words, such as `app create`. */
function verbsOf(entries: readonly Entry[], before = ''): [verb: string, options: Options][] {
  return entries.flatMap((entry): [string, Options][] =>
    isGroup(entry)
      ? verbsOf(entry.verbs, `${before}${entry.name} `)
      : [[`${before}${entry.name}`, entriesOf(entry.options)]],
  );
}

const VERBS = new Map(verbsOf(COMMANDS));
const AGENT = [...VERBS.keys()].filter((verb) => verb.startsWith('agent '));
const STORE = [...VERBS.keys()].filter((verb) => verb.startsWith('store '));
const RUN = ['serve', 'emulate', 'demo', ...AGENT, ...STORE];

function cells([name, row]: Options[number]): string[] {
  const flag = row.placeholder === null ? flagOf(name) : `${flagOf(name)} ${row.placeholder}`;
  const notes = [row.required ? 'needed' : null, row.repeated ? 'may be repeated' : null].filter(Boolean);
  return [
    `\`${flag}\``,
    `\`${variableOf(name, row)}\``,
    row.presetText ?? '',
    notes.length === 0 ? row.description : `${row.description} (${notes.join(', ')})`,
  ];
}

/** Options of several verbs, a line for each that is not shared; equal lines of different verbs are one. */
function linesOf(verbs: readonly string[]): string[][] {
  const lines = new Map<string, { verbs: string[]; cells: string[] }>();
  for (const verb of verbs) {
    for (const option of VERBS.get(verb)!.filter(([, row]) => !SHARED.has(row))) {
      const line = cells(option);
      const known = lines.get(line.join('\n'));
      if (known === undefined) lines.set(line.join('\n'), { verbs: [verb], cells: line });
      else known.verbs.push(verb);
    }
  }
  return [...lines.values()].map((line) => [
    line.verbs.map((verb) => `\`${verb}\``).join(', '),
    ...line.cells,
  ]);
}

const shared = (rows: OptionRows) => ({ file: FILE, heads: HEADS, rows: () => entriesOf(rows).map(cells) });
const ofVerb = (verb: string) => ({ file: FILE, heads: HEADS, rows: () => VERBS.get(verb)!.map(cells) });
const ofVerbs = (verbs: readonly string[]) => ({
  file: FILE,
  heads: ['verb', ...HEADS],
  rows: () => linesOf(verbs),
});

export const CONFIGURATION_TABLES = {
  'serve-options': ofVerb('serve'),
  'emulate-options': ofVerb('emulate'),
  'demo-options': ofVerb('demo'),
  'agent-options': ofVerbs(AGENT),
  'store-options': ofVerbs(STORE),
  'connection-options': shared(CONNECTION),
  'output-options': shared(OUTPUT),
  'waiting-options': shared(WAITING),
  'verb-options': ofVerbs([...VERBS.keys()].filter((verb) => !RUN.includes(verb))),
  'exit-statuses': {
    file: FILE,
    heads: ['status', 'meaning'],
    rows: () => Object.values(EXIT).map(({ status, meaning }) => [String(status), meaning]),
  },
  'client-codes': {
    file: FILE,
    heads: ['code', 'meaning'],
    rows: () => Object.entries(OWN_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]),
  },
};
