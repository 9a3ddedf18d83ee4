import type { WireClock } from '../../contract/emulator/clock.ts';
import type { WireFaults } from '../../contract/emulator/fault-rules.ts';
import type { WireJournalEntry } from '../../contract/emulator/journal.ts';
import { CONTROL_HEADER } from '../../contract/emulator/operations.ts';
import type { Client } from '../../sdk/client.ts';
import type { JournalQuery } from '../../sdk/emulator.ts';
import type { Io } from '../io.ts';
import { flag, grouped, text, value } from '../option.ts';
import { CONNECTION, type ConnectionValues, connect, readNamed } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { type Column, writeTable } from '../show/table.ts';
import { clock as clockText, lasting, timeOfDay } from '../show/time.ts';
import { UsageError } from '../usage-error.ts';
import { parseDuration } from '../values.ts';
import { type VerbGroup, verb } from '../verb.ts';

const COMMON = { ...OUTPUT, ...CONNECTION };

/**
 * Who calls an emulator is the one that everybody knows, unless another is named. No fault rule is in the way, or one
 * that drops all calls could not be removed.
 */
function connectEmulator(values: ConnectionValues, io: Io): Promise<Client> {
  const through: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set(CONTROL_HEADER, 'cordon');
    return (io.system?.fetch ?? fetch)(input, { ...init, headers });
  };
  return connect({ ...values, emulator: true }, { ...io, system: { ...io.system, fetch: through } });
}

type FaultRow = WireFaults['rules'][number];

const FAULTS: Column<FaultRow>[] = [
  { title: 'RULE', text: ({ rule }) => rule.name, give: 1 },
  { title: 'FAULT', text: ({ rule }) => String((rule.fault as { kind?: unknown }).kind), give: 0 },
  { title: 'STATE', text: ({ rule }) => (rule.enabled === false ? 'off' : 'on'), give: 2 },
  { title: 'MATCHED', text: ({ matched }) => String(matched), give: 0 },
  { title: 'FIRED', text: ({ fired }) => String(fired), give: 0 },
];

const ENTRIES: Column<WireJournalEntry>[] = [
  { title: 'ID', text: ({ id }) => String(id), give: 0 },
  { title: 'TIME', text: ({ time }) => timeOfDay(time), give: 2 },
  { title: 'STATUS', text: ({ status, outcome }) => String(status ?? outcome), give: 0 },
  { title: 'OPERATION', text: ({ operation, method, path }) => operation ?? `${method} ${path}`, give: 1 },
  { title: 'FAULT', text: ({ fault }) => fault ?? '', give: 3 },
  { title: 'BODY', text: ({ body }) => (body === null ? '' : JSON.stringify(body)), give: 4 },
];

const faults = verb({
  name: 'faults',
  summary: 'show, set or clear the rules that make calls fail',
  description: `Shows the fault rules of an emulator with the calls that each was about and those at which it
fired. --set puts the rules of a file in force in place of those there were, and every count
begins at 0. docs/emulator.md has the form of the file, and rules to copy.`,
  arguments: [],
  options: {
    ...grouped('Rules', {
      set: text('FILE', 'Put the rules of this JSON file in force'),
      clear: flag('Remove all rules'),
    }),
    ...COMMON,
  },
  examples: [
    { line: 'cordon emulator faults --set faults.json', does: 'begin a test' },
    { line: 'cordon emulator faults', does: 'how often each rule fired' },
    { line: 'cordon emulator faults --clear', does: 'let every call through' },
  ],
  run: async (values, _words, { io }) => {
    if (values.set !== null && values.clear)
      throw new UsageError('--set and --clear exclude each other; give one of them.');
    const content = values.set === null ? null : await readRules(values.set, io);
    const { emulator } = await connectEmulator(values, io);
    if (values.clear) await emulator.clearFaults();
    const found = content === null ? await emulator.faults() : await emulator.setFaults(content);
    if (values.json) writeJson(io, found);
    else if (found.rules.length === 0)
      io.stderr.write('No fault rules: every call is answered as it should be.\n');
    else await writeTable(io, FAULTS, found.rules);
    return 'done';
  },
});

async function readRules(path: string, io: Io): Promise<unknown> {
  const written = await readNamed(path, '--set (CORDON_SET)', io);
  try {
    return JSON.parse(written);
  } catch (error) {
    throw new UsageError(`--set names ${path}, which is not JSON: ${(error as Error).message}`);
  }
}

const clock = verb({
  name: 'clock',
  summary: 'show the clock of an emulator, or let time pass',
  description: `Shows what an emulator takes for the present. --advance lets time pass at once: when the verb
ends, overdue actions are TimeOut, due releases are requested, and tokens and limits of before
are over. The clock never goes back, save by cordon emulator reset.`,
  arguments: [],
  options: {
    ...grouped('Clock', {
      advance: value('DURATION', 'Let so much time pass: 1h, 3d, PT1H and the like', parseAdvance),
    }),
    ...COMMON,
  },
  examples: [
    { line: 'cordon emulator clock --advance P3D', does: 'what is still Pending becomes TimeOut' },
    { line: 'cordon emulator clock', does: 'how far it is ahead' },
  ],
  run: async (values, _words, { io }) => {
    const { emulator } = await connectEmulator(values, io);
    const shown: WireClock =
      values.advance === null ? await emulator.clock() : await emulator.advance(values.advance);
    if (values.json) writeJson(io, shown);
    else {
      const { now, aheadMilliseconds } = shown;
      const ahead = aheadMilliseconds === 0 ? '' : `, ${lasting(aheadMilliseconds)} ahead`;
      io.stdout.write(`${clockText(now)}${ahead}\n`);
    }
    return 'done';
  },
});

/** As the emulator takes it. */
function parseAdvance(written: string): string {
  return /^P/i.test(written) ? written.toUpperCase() : `PT${Math.round(parseDuration(written) / 1000)}S`;
}

const journal = verb({
  name: 'journal',
  summary: 'show the calls that an emulator received',
  description: `Shows the last calls, oldest first, for assertions about what a playbook did. Tokens and
secrets are not in it, nor the exchange with devices. With --json each has its body, headers
and correlation id.`,
  arguments: [],
  options: {
    ...grouped('Journal', {
      operation: text('ID', 'Only calls of this operation, such as restrictCodeExecution or token'),
      since: text('ID-OR-TIME', 'Only calls after the one of this id, or from this time on'),
      status: text('STATUS', 'Only answers of this status, such as 429 or 4xx'),
      clear: flag('Empty the journal instead'),
    }),
    ...COMMON,
  },
  examples: [
    { line: 'cordon emulator journal --status 4xx', does: 'what was refused' },
    {
      line: "cordon emulator journal --operation restrictCodeExecution --json | jq -r '.value[].body.Comment'",
      does: 'the comments of all restrictions',
    },
    { line: 'cordon emulator journal --clear', does: 'before a test' },
  ],
  run: async (values, _words, { io }) => {
    const { emulator } = await connectEmulator(values, io);
    if (values.clear) {
      await emulator.clearJournal();
      if (values.json) writeJson(io, { value: [], dropped: 0 });
      return 'done';
    }
    const wanted = { operation: values.operation, since: values.since, status: values.status };
    const query = Object.fromEntries(Object.entries(wanted).filter(([, given]) => given !== null));
    const found = await emulator.journal(query as JournalQuery);
    if (values.json) writeJson(io, found);
    else await writeTable(io, ENTRIES, found.value);
    return 'done';
  },
});

const reset = verb({
  name: 'reset',
  summary: 'put an emulator back to the start',
  description: `Everything as when the emulator was started: machines, actions, applications, fault rules (those
of --faults again), clock and journal. Tokens of before are no longer accepted.`,
  arguments: [],
  options: COMMON,
  examples: [
    { line: 'cordon emulator reset', does: 'between two tests' },
    { line: 'cordon emulator reset --url http://127.0.0.1:8081', does: 'of another emulator' },
  ],
  run: async (values, _words, { io }) => {
    const { machines } = await (await connectEmulator(values, io)).emulator.reset();
    if (values.json) writeJson(io, { machines });
    else io.stderr.write(`Everything is as at the start, with ${machines} machines.\n`);
    return 'done';
  },
});

export const emulator: VerbGroup = {
  name: 'emulator',
  summary: 'faults, clock and journal of a running emulator',
  description: `What a running "cordon emulate" can be told to do. All of these use the emulator's well-known
application unless the options or the environment name another, which needs Cordon.Manage.All.`,
  verbs: [faults, clock, journal, reset],
};
