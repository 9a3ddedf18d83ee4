import type { WirePinningMachine, WireServerKey } from '../../contract/cordon.ts';
import type { Client } from '../../sdk/client.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { findNamed } from '../resolve/named.ts';
import { type Column, writeTable } from '../show/table.ts';
import { clock } from '../show/time.ts';
import { type VerbGroup, verb } from '../verb.ts';

const COMMON = { ...OUTPUT, ...CONNECTION };
const KEY = { name: 'id', description: 'id of the key, or the first 8 or more characters of it' };

const COLUMNS: Column<WireServerKey>[] = [
  { title: 'ID', text: (row) => row.id, give: 0 },
  { title: 'KEY', text: (row) => row.publicKey.slice(0, 16), give: 1 },
  { title: 'MADE', text: (row) => clock(row.createdAt), give: 1 },
  { title: 'STATE', text: stateOf, give: 1 },
  { title: 'MACHINES', text: (row) => String(row.machines), give: 0 },
];

const MACHINES: Column<WirePinningMachine>[] = [
  { title: 'NAME', text: (row) => row.computerDnsName, give: 1 },
  { title: 'ID', text: (row) => row.id, give: 0 },
  { title: 'LAST SEEN', text: (row) => clock(row.lastSeen), give: 0 },
];

function stateOf({ newest, retiredAt, machines }: WireServerKey): string {
  if (newest) return 'newest';
  if (retiredAt !== null) return `ended ${clock(retiredAt)}`;
  return machines === 0 ? 'unused' : 'in use';
}

async function find(client: Client, written: string): Promise<WireServerKey> {
  return findNamed('server key', await client.serverKeys.list(), written, ({ id }) => ({ id, name: null }));
}

const listVerb = verb({
  name: 'list',
  summary: 'list the keys and how many machines have pinned each',
  description: `Lists the keys with which the server signs what it tells devices. Each device believes the one
key that it has pinned; KEY is its beginning, which "cordon-agent status" shows on the device.`,
  arguments: [],
  options: COMMON,
  examples: [
    { line: 'cordon server-key list', does: 'for people' },
    {
      line: `cordon server-key list --json | jq '.[] | select(.newest | not) | {id, machines}'`,
      does: 'how far a rotation is',
    },
  ],
  run: async (values, _words, { io }) => {
    const found = await (await connect(values, io)).serverKeys.list();
    if (values.json) writeJson(io, found);
    else await writeTable(io, COLUMNS, found);
    return 'done';
  },
});

const rotate = verb({
  name: 'rotate',
  summary: 'make a new key that all devices move to',
  description: `Makes a new key. Each device learns it with its next exchange, within a minute where the device
is reachable, under the signature of the key that it has pinned, and needs no visit. The old
key stays in service for devices that are away, for as long as one of them has it pinned.
Back the store up afterwards: devices that have moved on refuse a copy from before.`,
  arguments: [],
  options: COMMON,
  examples: [
    { line: 'cordon server-key rotate', does: 'after the time that your rules set' },
    { line: 'cordon server-key rotate --json | jq -r .id', does: 'for a script' },
  ],
  run: async (values, _words, { io }) => {
    const made = await (await connect(values, io)).serverKeys.rotate();
    if (values.json) writeJson(io, made);
    else {
      await writeTable(io, COLUMNS, [made]);
      io.stderr.write(
        'Devices move to it with their next exchange; cordon server-key list shows how far they are. Back the store up now.\n',
      );
    }
    return 'done';
  },
});

const machines = verb({
  name: 'machines',
  summary: 'list the machines that have pinned a key',
  description: `Lists the machines of your tenant whose device has the key pinned, those first that were not
seen for longest, at most 1,000. They are the ones that revoking the key would cut off.`,
  arguments: [KEY],
  options: COMMON,
  examples: [
    { line: 'cordon server-key machines 7f6e5d4c', does: 'which ones are behind' },
    { line: "cordon server-key machines 7f6e5d4c --json | jq -r '.[].computerDnsName'", does: 'their names' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const found = await client.serverKeys.machines((await find(client, words[0]!)).id);
    if (values.json) writeJson(io, found);
    else await writeTable(io, MACHINES, found);
    return 'done';
  },
});

const revoke = verb({
  name: 'revoke',
  summary: 'end a key that may have been stolen',
  description: `Ends a key at once, whether devices have it pinned or not: the server signs nothing with it any
more. Machines that have it pinned keep the mode that they are in and cannot be told another
until they are enrolled again. Rotate first, and let those move that can.`,
  arguments: [KEY],
  options: COMMON,
  examples: [
    { line: 'cordon server-key revoke 7f6e5d4c', does: 'by the beginning of its id' },
    {
      line: 'cordon enrolment-token create --machine ws-001',
      does: 'then, for each machine that was left behind',
    },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, machines: left } = await find(client, words[0]!);
    await client.serverKeys.revoke(id);
    if (values.json) writeJson(io, { id, revoked: true, machines: left });
    else {
      io.stderr.write(`Revoked the server key ${id}.\n`);
      if (left > 0)
        io.stderr.write(
          `${left} of the machines must be enrolled again; see cordon server-key machines ${id}\n`,
        );
    }
    return 'done';
  },
});

export const serverKey: VerbGroup = {
  name: 'server-key',
  summary: 'manage the keys that devices pin',
  description: `The keys with which the server signs what it tells devices. All of these need the permission
Cordon.Manage.All, in the tenant that was made first.`,
  verbs: [listVerb, rotate, machines, revoke],
};
