import type { WireGroup } from '../../contract/cordon.ts';
import type { Client } from '../../sdk/client.ts';
import { grouped, list, text, value } from '../option.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { machineKey } from '../resolve/machine.ts';
import { findNamed } from '../resolve/named.ts';
import { parseRule, ruleText } from '../rule.ts';
import { type Column, writeTable } from '../show/table.ts';
import { UsageError } from '../usage-error.ts';
import { integerWithin } from '../values.ts';
import { type VerbGroup, verb } from '../verb.ts';

const COMMON = { ...OUTPUT, ...CONNECTION };
const GROUP = { name: 'group', description: 'number or name of the device group' };
const PRINCIPAL = {
  name: 'principal',
  description: 'user name, or id of a user or of a group at the identity provider',
};

const COLUMNS: Column<WireGroup>[] = [
  { title: 'RANK', text: (row) => String(row.rank), give: 0 },
  { title: 'NAME', text: (row) => row.name, give: 1 },
  { title: 'ID', text: (row) => String(row.id), give: 0 },
  { title: 'RULES', text: (row) => row.rules.map(ruleText).join('; '), give: 3 },
  {
    title: 'SEEN BY',
    text: (row) => (row.principals.length === 0 ? 'everybody' : row.principals.join(', ')),
    give: 2,
  },
];

async function find(client: Client, written: string): Promise<WireGroup> {
  return findNamed('group', await client.groups.list(), written, (group) => group);
}

/** A group and machines, of which every one is known before anything is done to the first. */
async function findBoth(client: Client, words: readonly string[], signal: AbortSignal) {
  const { id, name } = await find(client, words[0]!);
  const machines = words.slice(1);
  const keys: string[] = [];
  for (const machine of machines) keys.push(await machineKey(client, machine, signal));
  return { id, name, machines, keys };
}

const create = verb({
  name: 'create',
  summary: 'create a device group',
  description: `Creates a device group. A machine belongs to the group of the lowest rank number whose
rules all fit, or to the one it was placed into. A group that nobody is assigned to is
seen by every user.
A rule reads PROPERTY OPERATOR VALUE, with | between values of which one must fit:
  property  name, domain, tag, osPlatform
  operator  equals, startsWith, endsWith, contains`,
  arguments: [{ name: 'name', description: 'name of the group' }],
  options: {
    ...grouped('Group', {
      rank: value(
        'N',
        '1 is looked at first; a group that has the rank moves down, with all below it; left out, the group comes last',
        integerWithin(1, 10_000),
      ),
      rule: list('RULE', 'Which machines belong to it', parseRule),
    }),
    ...COMMON,
  },
  examples: [
    { line: `cordon group create workstations --rule "name startsWith ws-"`, does: 'machines by their name' },
    {
      line: `cordon group create finance --rank 1 --rule "tag equals finance|accounting"`,
      does: 'machines with one of two tags, before any other group',
    },
    { line: 'cordon group create quarantine', does: 'no rule: machines come by cordon group place' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const created = await client.groups.create({
      name: words[0]!,
      ...(values.rank === null ? {} : { rank: values.rank }),
      ...(values.rule.length === 0 ? {} : { rules: values.rule }),
    });
    if (values.json) writeJson(io, created);
    else await writeTable(io, COLUMNS, [created]);
    return 'done';
  },
});

const listVerb = verb({
  name: 'list',
  summary: 'list device groups by rank',
  description:
    'Lists the device groups with their rules and who sees them, the one that is looked at first on top.',
  arguments: [],
  options: COMMON,
  examples: [
    { line: 'cordon group list', does: 'for people' },
    { line: `cordon group list --json | jq -r '.[].name'`, does: 'names for a script' },
  ],
  run: async (values, _words, { io }) => {
    const found = await (await connect(values, io)).groups.list();
    if (values.json) writeJson(io, found);
    else await writeTable(io, COLUMNS, found);
    return 'done';
  },
});

const assign = verb({
  name: 'assign',
  summary: 'let a user or a group of users see and act on a device group',
  description: `Lets a user see a device group. From the first assignment on, nobody else sees it. What the
user may do there is said by the role: cordon role assign.`,
  arguments: [GROUP, PRINCIPAL],
  options: COMMON,
  examples: [
    { line: 'cordon group assign finance ana@example.org', does: 'one user' },
    {
      line: 'cordon group assign finance 5e6f7a8b-1c2d-4e3f-8a9b-0c1d2e3f4a5b',
      does: 'a group of users, by its id',
    },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id } = await find(client, words[0]!);
    const changed = await client.groups.assign(String(id), words[1]!);
    if (values.json) writeJson(io, changed);
    else await writeTable(io, COLUMNS, [changed]);
    return 'done';
  },
});

const unassign = verb({
  name: 'unassign',
  summary: 'take the sight of a device group away',
  description:
    'Takes the sight of a device group from a user. When nobody is left, every user sees the group again.',
  arguments: [GROUP, PRINCIPAL],
  options: COMMON,
  examples: [
    { line: 'cordon group unassign finance ana@example.org', does: 'from one user' },
    { line: 'cordon group unassign finance ana@example.org --json', does: 'for a script' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, name, principals } = await find(client, words[0]!);
    await client.groups.unassign(String(id), words[1]!);
    if (values.json) writeJson(io, { id, principal: words[1], unassigned: true });
    else io.stderr.write(`${words[1]} is no longer assigned to the group ${name}.\n`);
    const wasLast = principals.length === 1 && principals[0] === words[1];
    if (wasLast && !values.json) io.stderr.write('Nobody is assigned to it now, so every user sees it.\n');
    return 'done';
  },
});

const place = verb({
  name: 'place',
  summary: 'put machines into a device group, whatever the rules say',
  description:
    'Puts each machine into the group and keeps it there, whatever the rules of this and other groups say.',
  arguments: [GROUP, { name: 'machine', description: 'any name of a machine', several: true }],
  options: COMMON,
  examples: [
    { line: 'cordon group place quarantine ws-001', does: 'one machine' },
    { line: 'cordon group place finance ws-001 ws-002 ws-003', does: 'several' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, name, machines, keys } = await findBoth(client, words, io.signal);
    for (const key of keys) await client.groups.place(String(id), key);
    if (values.json) writeJson(io, { group: id, machines: keys });
    else io.stderr.write(`${machines.join(', ')}: in the group ${name}.\n`);
    return 'done';
  },
});

const change = verb({
  name: 'change',
  summary: 'change the name, the rules or the rank of a device group',
  description: `Changes the name, the rules or the rank of a device group; what is not given stays as it is. Machines move at
once to where the rules of all groups say, but for those that were placed.`,
  arguments: [GROUP],
  options: {
    ...grouped('Group', {
      name: text('NAME', 'Another name of the group'),
      rank: value(
        'N',
        '1 is looked at first; a group that has the rank moves down, with all below it',
        integerWithin(1, 10_000),
      ),
      rule: list('RULE', 'Which machines belong to it, in place of all rules of before', parseRule),
    }),
    ...COMMON,
  },
  examples: [
    { line: `cordon group change workstations --rule "name startsWith ws-|lt-"`, does: 'other rules' },
    { line: 'cordon group change finance --rank 1', does: 'before any other group' },
    { line: 'cordon group change finance --name accounting', does: 'another name' },
  ],
  run: async (values, words, { io }) => {
    if (values.name === null && values.rank === null && values.rule.length === 0) {
      throw new UsageError(
        '--name (CORDON_NAME), --rank (CORDON_RANK) or --rule (CORDON_RULE) is needed: what shall change.',
      );
    }
    const client = await connect(values, io);
    const { id } = await find(client, words[0]!);
    const changed = await client.groups.change(String(id), {
      ...(values.name === null ? {} : { name: values.name }),
      ...(values.rank === null ? {} : { rank: values.rank }),
      ...(values.rule.length === 0 ? {} : { rules: values.rule }),
    });
    if (values.json) writeJson(io, changed);
    else await writeTable(io, COLUMNS, [changed]);
    return 'done';
  },
});

const unplace = verb({
  name: 'unplace',
  summary: 'let the rules say again in which group machines are',
  description: 'Ends what cordon group place began: each machine goes to the first group whose rules fit.',
  arguments: [GROUP, { name: 'machine', description: 'any name of a machine', several: true }],
  options: COMMON,
  examples: [
    { line: 'cordon group unplace quarantine ws-001', does: 'one machine' },
    { line: 'cordon group unplace quarantine ws-001 ws-002', does: 'several' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, name, machines, keys } = await findBoth(client, words, io.signal);
    for (const key of keys) await client.groups.unplace(String(id), key);
    if (values.json) writeJson(io, { group: id, machines: keys });
    else io.stderr.write(`${machines.join(', ')}: no longer kept in the group ${name}.\n`);
    return 'done';
  },
});

const remove = verb({
  name: 'delete',
  summary: 'delete a device group',
  description: 'Deletes a device group. Its machines go to the next group whose rules fit.',
  arguments: [GROUP],
  options: COMMON,
  examples: [
    { line: 'cordon group delete finance', does: 'by its name' },
    { line: 'cordon group delete 3', does: 'by its number' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, name } = await find(client, words[0]!);
    await client.groups.delete(String(id));
    if (values.json) writeJson(io, { id, deleted: true });
    else io.stderr.write(`Deleted the group ${name}.\n`);
    return 'done';
  },
});

export const group: VerbGroup = {
  name: 'group',
  summary: 'manage device groups: which machines people may act on',
  description:
    'Which machines people see and may act on. All of these need the permission Cordon.Manage.All.',
  verbs: [create, listVerb, change, assign, unassign, place, unplace, remove],
};
