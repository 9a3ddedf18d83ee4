import type { WireApplication } from '../../contract/cordon.ts';
import { APPLICATION_PERMISSIONS } from '../../contract/permissions.ts';
import type { Client } from '../../sdk/client.ts';
import { grouped, list, parseChoice, text, value } from '../option.ts';
import { CONNECTION, connect, readNamed } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { findNamed } from '../resolve/named.ts';
import { writeReport } from '../show/report.ts';
import { type Column, writeTable } from '../show/table.ts';
import { ago } from '../show/time.ts';
import { UsageError } from '../usage-error.ts';
import { integerWithin } from '../values.ts';
import { type VerbGroup, verb } from '../verb.ts';

const COMMON = { ...OUTPUT, ...CONNECTION };
const APPLICATION = { name: 'application', description: 'id or display name of the application' };

const secretDays = value(
  'DAYS',
  'Days until the secret expires, 1 to 730; left out, it does not',
  integerWithin(1, 730),
);
const permission = (text: string) => parseChoice(text, APPLICATION_PERMISSIONS);

async function find(client: Client, written: string): Promise<WireApplication> {
  const applications = await client.applications.list();
  return findNamed('application', applications, written, ({ id, displayName }) => ({
    id,
    name: displayName,
  }));
}

const create = verb({
  name: 'create',
  summary: 'create an application and show its secret once',
  description: `Creates an application that can ask for tokens. Its display name is the requestor in the
actions it asks for. The secret is shown now and never again. Permissions are those of
the vendor's API, and Cordon.Manage.All, Cordon.Enrol.All, Cordon.Audit.Read.All.`,
  arguments: [{ name: 'name', description: 'display name' }],
  options: {
    ...grouped('Application', {
      permission: list('PERMISSION', 'A permission to give', permission),
      secretDays,
    }),
    ...COMMON,
  },
  examples: [
    {
      line: `cordon app create soar-connector \\
      --permission Machine.RestrictExecution --permission Machine.Read.All`,
      does: 'for a playbook that restricts, releases and follows its actions',
    },
    {
      line: 'cordon app create dashboard --permission Machine.Read.All --secret-days 90 --json',
      does: 'one that only reads, with a secret for 90 days, for a script',
    },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const created = await client.applications.create({
      displayName: words[0]!,
      permissions: values.permission,
      ...(values.secretDays === null ? {} : { secretDays: values.secretDays }),
    });
    if (values.json) writeJson(io, created);
    else {
      const { displayName, tenantId, id, secret, permissions } = created;
      writeReport(io, {
        name: displayName,
        tenant: tenantId,
        clientId: id,
        clientSecret: secret,
        permissions,
      });
      io.stderr.write('The secret is not shown again.\n');
    }
    return 'done';
  },
});

const COLUMNS = (now: number): Column<WireApplication>[] => [
  { title: 'NAME', text: (row) => row.displayName, give: 1 },
  { title: 'CLIENT ID', text: (row) => row.id, give: 0 },
  { title: 'CREATED', text: (row) => ago(row.createdAt, now), give: 0 },
  {
    title: 'STATE',
    text: (row) => (row.revokedAt === null ? 'valid' : 'revoked'),
    paint: (row, text, paint) => (row.revokedAt === null ? text : paint('red', text)),
    give: 0,
  },
  { title: 'SECRETS', text: (row) => String(row.secrets.length), give: 0 },
  { title: 'KEYS', text: (row) => String(row.keys.length), give: 0 },
  { title: 'PERMISSIONS', text: (row) => row.permissions.join(' '), give: 2 },
];

const listVerb = verb({
  name: 'list',
  summary: 'list applications',
  description: 'Lists the applications of the tenant with their permissions, revoked ones included.',
  arguments: [],
  options: COMMON,
  examples: [
    { line: 'cordon app list', does: 'for people' },
    {
      line: `cordon app list --json | jq -r '.[] | select(.revokedAt == null) | .id'`,
      does: 'ids of those that are valid',
    },
  ],
  run: async (values, _words, { io }) => {
    const found = await (await connect(values, io)).applications.list();
    if (values.json) writeJson(io, found);
    else await writeTable(io, COLUMNS(io.now()), found);
    return 'done';
  },
});

const revoke = verb({
  name: 'revoke',
  summary: 'end an application: its secrets, keys and tokens',
  description:
    'Revokes an application. Tokens that it holds stop working; its actions go on. It cannot be undone.',
  arguments: [APPLICATION],
  options: COMMON,
  examples: [
    { line: 'cordon app revoke soar-connector', does: 'by its name' },
    { line: 'cordon app revoke 22222222-2222-4222-8222-222222222222', does: 'by its id' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, displayName } = await find(client, words[0]!);
    await client.applications.revoke(id);
    if (values.json) writeJson(io, { id, revoked: true });
    else io.stderr.write(`Revoked ${displayName} (${id}).\n`);
    return 'done';
  },
});

const permit = verb({
  name: 'permit',
  summary: 'replace the permissions of an application',
  description: `Gives an application exactly the permissions that are named, instead of those it has. They
are in the tokens it asks for from now on. Without any it keeps none.`,
  arguments: [
    APPLICATION,
    { name: 'permission', description: 'permissions it has from now on', several: true, optional: true },
  ],
  options: COMMON,
  examples: [
    {
      line: 'cordon app permit soar-connector Machine.RestrictExecution Machine.Read.All',
      does: 'these two and no other',
    },
    { line: 'cordon app permit soar-connector', does: 'none at all' },
  ],
  run: async (values, words, { io }) => {
    const wanted = words.slice(1).map((word) => parsedPermission(word));
    const client = await connect(values, io);
    const { id } = await find(client, words[0]!);
    const changed = await client.applications.permit(id, wanted);
    if (values.json) writeJson(io, changed);
    else await writeTable(io, COLUMNS(io.now()), [changed]);
    return 'done';
  },
});

function parsedPermission(word: string): string {
  try {
    return permission(word);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`A permission ${error.message}.`) : error;
  }
}

const secret = verb({
  name: 'secret',
  summary: 'add a secret to an application, or remove one',
  description: `Adds a secret and shows it once; those before stay valid, so that a secret can be replaced
without a gap: add, roll out, remove the old one.`,
  arguments: [APPLICATION],
  options: {
    ...grouped('Secret', { secretDays, remove: text('ID', 'Remove this secret instead of adding one') }),
    ...COMMON,
  },
  examples: [
    { line: 'cordon app secret soar-connector --secret-days 180', does: 'add one that lasts half a year' },
    { line: 'cordon app list --json | jq ".[].secrets"', does: 'see the ids of the secrets' },
    { line: 'cordon app secret soar-connector --remove 7f6e5d4c-…', does: 'remove the old one' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id } = await find(client, words[0]!);
    if (values.remove !== null) {
      await client.applications.removeSecret(id, values.remove);
      if (values.json) writeJson(io, { id: values.remove, removed: true });
      else io.stderr.write(`Removed the secret ${values.remove}.\n`);
      return 'done';
    }
    const added = await client.applications.addSecret(id, values.secretDays ?? undefined);
    if (values.json) writeJson(io, added);
    else {
      writeReport(io, { ...added });
      io.stderr.write('The secret is not shown again.\n');
    }
    return 'done';
  },
});

const key = verb({
  name: 'key',
  summary: 'add a certificate or public key for client assertions, or remove one',
  description: `Lets an application prove itself by a signed client assertion (private_key_jwt) instead of
a secret. The file is a PEM certificate or public key; the private key stays with the
application.`,
  arguments: [APPLICATION, { name: 'file', description: 'PEM file; not with --remove', optional: true }],
  options: { ...grouped('Key', { remove: text('ID', 'Remove this key instead of adding one') }), ...COMMON },
  examples: [
    { line: 'cordon app key soar-connector certificate.pem', does: 'add a certificate' },
    { line: 'cordon app key soar-connector --remove 7f6e5d4c-…', does: 'remove it' },
  ],
  run: async (values, words, { io }) => {
    const [application, file] = words;
    if ((file === undefined) === (values.remove === null)) {
      throw new UsageError('Name either a PEM file to add or --remove ID (CORDON_REMOVE).');
    }
    const pem = file === undefined ? null : await readNamed(file, 'The argument', io);
    const client = await connect(values, io);
    const { id } = await find(client, application!);
    if (pem === null) {
      await client.applications.removeKey(id, values.remove!);
      if (values.json) writeJson(io, { id: values.remove, removed: true });
      else io.stderr.write(`Removed the key ${values.remove}.\n`);
      return 'done';
    }
    const added = await client.applications.addKey(id, pem);
    if (values.json) writeJson(io, added);
    else writeReport(io, { ...added });
    return 'done';
  },
});

export const app: VerbGroup = {
  name: 'app',
  summary: 'manage applications: who may ask for tokens, and what they may do',
  description: 'Applications that ask for tokens. All of these need the permission Cordon.Manage.All.',
  verbs: [create, listVerb, permit, secret, key, revoke],
};
