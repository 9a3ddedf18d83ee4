import type { WireEnrolmentToken } from '../../contract/cordon.ts';
import { grouped, preset, text, value } from '../option.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { machineKey } from '../resolve/machine.ts';
import { findNamed } from '../resolve/named.ts';
import { type Column, writeTable } from '../show/table.ts';
import { clock } from '../show/time.ts';
import { UsageError } from '../usage-error.ts';
import { integerWithin, parseDuration } from '../values.ts';
import { type VerbGroup, verb } from '../verb.ts';

const COMMON = { ...OUTPUT, ...CONNECTION };
const MINUTE = 60_000;

const COLUMNS: Column<WireEnrolmentToken>[] = [
  { title: 'ID', text: (row) => row.id, give: 0 },
  { title: 'USES LEFT', text: (row) => String(row.usesLeft), give: 0 },
  { title: 'EXPIRES', text: (row) => (row.expiresAt >= '9999' ? 'never' : clock(row.expiresAt)), give: 0 },
  { title: 'STATE', text: (row) => (row.revokedAt === null ? '' : 'revoked'), give: 0 },
  { title: 'GROUP', text: (row) => (row.groupId === null ? '' : String(row.groupId)), give: 0 },
  { title: 'MACHINE', text: (row) => row.machineId?.slice(0, 8) ?? '', give: 0 },
  { title: 'BY', text: (row) => row.createdBy, give: 1 },
];

/** Whole minutes, rounded up, within what the server takes. */
function parseValidity(written: string): number {
  const minutes = Math.ceil(parseDuration(written) / MINUTE);
  if (minutes < 1 || minutes > 43_200) throw new UsageError('takes a duration from 1m to 30d');
  return minutes;
}

const create = verb({
  name: 'create',
  summary: 'create a token with which devices enrol, and show it once',
  description: `Creates a token for "cordon-agent install" on a device, or "cordon agent enrol". It serves one
device and one hour unless said otherwise, and is shown now and never again. A token bound to a machine lets that machine
replace its key, for instance after its disk was lost.`,
  arguments: [],
  options: {
    ...grouped('Token', {
      uses: preset(value('N', 'How many devices may enrol with it', integerWithin(1, 100_000)), 1),
      validFor: preset(value('DURATION', 'How long it is valid, at most 30d', parseValidity), 60, '1h'),
      group: text('GROUP', 'Device group that the devices join'),
      machine: text('MACHINE', 'The machine whose key it may replace; any of its names'),
    }),
    ...COMMON,
  },
  examples: [
    { line: 'cordon enrolment-token create', does: 'for one device, within the hour' },
    {
      line: 'cordon enrolment-token create --uses 200 --valid-for 2d --group workstations',
      does: 'for a rollout',
    },
    {
      line: 'cordon enrolment-token create --machine ws-001',
      does: 'to enrol a reinstalled machine as the same one',
    },
    { line: 'TOKEN=$(cordon enrolment-token create --json | jq -r .token)', does: 'for a script' },
  ],
  run: async (values, _words, { io }) => {
    const client = await connect(values, io);
    const machine = values.machine === null ? null : await machineKey(client, values.machine, io.signal);
    const created = await client.enrolmentTokens.create({
      uses: values.uses,
      minutes: values.validFor,
      ...(values.group === null ? {} : { group: values.group }),
      ...(machine === null ? {} : { machine }),
    });
    if (values.json) writeJson(io, created);
    else {
      io.stdout.write(`${created.token}\n`);
      io.stderr.write(
        `It is not shown again and ends ${clock(created.expiresAt)}. On the device, as root:\n  CORDON_ENROLMENT_TOKEN=… cordon-agent install --url ADDRESS\n`,
      );
    }
    return 'done';
  },
});

const listVerb = verb({
  name: 'list',
  summary: 'list enrolment tokens',
  description: 'Lists the enrolment tokens with what is left of each; the tokens themselves are not kept.',
  arguments: [],
  options: COMMON,
  examples: [
    { line: 'cordon enrolment-token list', does: 'for people' },
    {
      line: `cordon enrolment-token list --json | jq '.[] | select(.usesLeft > 0 and .revokedAt == null)'`,
      does: 'those that can still be used',
    },
  ],
  run: async (values, _words, { io }) => {
    const found = await (await connect(values, io)).enrolmentTokens.list();
    if (values.json) writeJson(io, found);
    else await writeTable(io, COLUMNS, found);
    return 'done';
  },
});

const revoke = verb({
  name: 'revoke',
  summary: 'make an enrolment token useless',
  description: 'Revokes an enrolment token. Devices that enrolled with it stay enrolled.',
  arguments: [{ name: 'id', description: 'id of the token, or the first 8 or more characters of it' }],
  options: COMMON,
  examples: [
    { line: 'cordon enrolment-token revoke 7f6e5d4c', does: 'by the beginning of its id' },
    {
      line: "cordon enrolment-token list --json | jq -r '.[].id' | xargs -n1 cordon enrolment-token revoke",
      does: 'all of them',
    },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const named = ({ id }: WireEnrolmentToken) => ({ id, name: null });
    const { id } = findNamed('enrolment token', await client.enrolmentTokens.list(), words[0]!, named);
    await client.enrolmentTokens.revoke(id);
    if (values.json) writeJson(io, { id, revoked: true });
    else io.stderr.write(`Revoked the enrolment token ${id}.\n`);
    return 'done';
  },
});

export const enrolmentToken: VerbGroup = {
  name: 'enrolment-token',
  summary: 'manage the tokens with which devices enrol',
  description: 'Tokens with which devices enrol. All of these need the permission Cordon.Enrol.All.',
  verbs: [create, listVerb, revoke],
};
