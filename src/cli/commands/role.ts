import type { WireRole } from '../../contract/cordon.ts';
import { ROLE_PERMISSIONS } from '../../contract/permissions.ts';
import type { Client } from '../../sdk/client.ts';
import { grouped, list, parseChoice, text } from '../option.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { findNamed } from '../resolve/named.ts';
import { type Column, writeTable } from '../show/table.ts';
import { UsageError } from '../usage-error.ts';
import { type VerbGroup, verb } from '../verb.ts';

const COMMON = { ...OUTPUT, ...CONNECTION };
const ROLE = { name: 'role', description: 'id or name of the role' };
const PRINCIPAL = {
  name: 'principal',
  description: 'user name, or id of a user or of a group at the identity provider',
};

const PERMISSIONS = grouped('Role', {
  permission: list('PERMISSION', `What the role grants: ${ROLE_PERMISSIONS.join(', ')}`, (text) =>
    parseChoice(text, ROLE_PERMISSIONS),
  ),
});

/** @throws UsageError */
function requirePermission(permissions: readonly string[]): void {
  if (permissions.length > 0) return;
  throw new UsageError(
    `--permission (CORDON_PERMISSION) is needed; it is one of ${ROLE_PERMISSIONS.join(', ')}.`,
  );
}

const COLUMNS: Column<WireRole>[] = [
  { title: 'NAME', text: (row) => row.name, give: 1 },
  { title: 'ID', text: (row) => row.id, give: 0 },
  { title: 'PERMISSIONS', text: (row) => row.permissions.join(', '), give: 2 },
  { title: 'ASSIGNED TO', text: (row) => row.principals.join(', '), give: 3 },
];

async function find(client: Client, written: string): Promise<WireRole> {
  return findNamed('role', await client.roles.list(), written, (role) => role);
}

const create = verb({
  name: 'create',
  summary: 'create a role',
  description: `Creates a role for people. A user's call needs the permission of the token and the role:
"Active remediation actions" to restrict and release, "View data" to read.`,
  arguments: [{ name: 'name', description: 'name of the role' }],
  options: {
    ...PERMISSIONS,
    ...COMMON,
  },
  examples: [
    {
      line: `cordon role create responders --permission "View data" --permission "Active remediation actions"`,
      does: 'a role that may restrict and release',
    },
    { line: 'cordon role create readers --permission "View data"', does: 'a role that may look' },
  ],
  run: async (values, words, { io }) => {
    requirePermission(values.permission);
    const client = await connect(values, io);
    const created = await client.roles.create({ name: words[0]!, permissions: values.permission });
    if (values.json) writeJson(io, created);
    else await writeTable(io, COLUMNS, [created]);
    return 'done';
  },
});

const listVerb = verb({
  name: 'list',
  summary: 'list roles and whom they are assigned to',
  description: 'Lists the roles of the tenant with what they grant and to whom.',
  arguments: [],
  options: COMMON,
  examples: [
    { line: 'cordon role list', does: 'for people' },
    { line: `cordon role list --json | jq '.[] | {name, principals}'`, does: 'who has which role' },
  ],
  run: async (values, _words, { io }) => {
    const found = await (await connect(values, io)).roles.list();
    if (values.json) writeJson(io, found);
    else await writeTable(io, COLUMNS, found);
    return 'done';
  },
});

const assign = verb({
  name: 'assign',
  summary: 'give a role to a user or a group of users',
  description: `Gives a role to a user, or to a group of users of the identity provider. Which machines
they may act on is said by the device groups: cordon group assign.`,
  arguments: [ROLE, PRINCIPAL],
  options: COMMON,
  examples: [
    { line: 'cordon role assign responders ana@example.org', does: 'to one user' },
    {
      line: 'cordon role assign responders 5e6f7a8b-1c2d-4e3f-8a9b-0c1d2e3f4a5b',
      does: 'to a group, by its id',
    },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id } = await find(client, words[0]!);
    const changed = await client.roles.assign(id, words[1]!);
    if (values.json) writeJson(io, changed);
    else await writeTable(io, COLUMNS, [changed]);
    return 'done';
  },
});

const unassign = verb({
  name: 'unassign',
  summary: 'take a role from a user or a group of users',
  description: 'Takes a role away; it counts from the next call of the user.',
  arguments: [ROLE, PRINCIPAL],
  options: COMMON,
  examples: [
    { line: 'cordon role unassign responders ana@example.org', does: 'from one user' },
    { line: 'cordon role unassign responders ana@example.org --json', does: 'for a script' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, name } = await find(client, words[0]!);
    await client.roles.unassign(id, words[1]!);
    if (values.json) writeJson(io, { id, principal: words[1], unassigned: true });
    else io.stderr.write(`${words[1]} has no longer the role ${name}.\n`);
    return 'done';
  },
});

const change = verb({
  name: 'change',
  summary: 'change what a role grants, or its name',
  description: `Replaces the permissions of a role, which count from the next call of whoever has it, or its name. What
is not given stays as it is.`,
  arguments: [ROLE],
  options: {
    ...grouped('Role', { name: text('NAME', 'Another name of the role') }),
    ...PERMISSIONS,
    ...COMMON,
  },
  examples: [
    { line: 'cordon role change readers --permission "View data"', does: 'a role that may look and no more' },
    { line: 'cordon role change readers --name auditors', does: 'another name' },
  ],
  run: async (values, words, { io }) => {
    if (values.name === null && values.permission.length === 0)
      throw new UsageError(
        '--name (CORDON_NAME) or --permission (CORDON_PERMISSION) is needed: what shall change.',
      );
    const client = await connect(values, io);
    const { id } = await find(client, words[0]!);
    const changed = await client.roles.change(id, {
      ...(values.name === null ? {} : { name: values.name }),
      ...(values.permission.length === 0 ? {} : { permissions: values.permission }),
    });
    if (values.json) writeJson(io, changed);
    else await writeTable(io, COLUMNS, [changed]);
    return 'done';
  },
});

const remove = verb({
  name: 'delete',
  summary: 'delete a role',
  description: 'Deletes a role and takes it from everybody who has it.',
  arguments: [ROLE],
  options: COMMON,
  examples: [
    { line: 'cordon role delete readers', does: 'by its name' },
    { line: 'cordon role delete 7f6e5d4c-3b2a-4190-8f7e-6d5c4b3a2918', does: 'by its id' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, name } = await find(client, words[0]!);
    await client.roles.delete(id);
    if (values.json) writeJson(io, { id, deleted: true });
    else io.stderr.write(`Deleted the role ${name}.\n`);
    return 'done';
  },
});

export const role: VerbGroup = {
  name: 'role',
  summary: 'manage roles: what people may do',
  description:
    'What people may do, whatever their token says. All of these need the permission Cordon.Manage.All.',
  verbs: [create, listVerb, change, assign, unassign, remove],
};
