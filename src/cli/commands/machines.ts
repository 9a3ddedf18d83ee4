import type { Client } from '../../sdk/client.ts';
import { type CollectionQuery, takeUpTo } from '../../sdk/collection.ts';
import { ClientError } from '../../sdk/error.ts';
import { literal } from '../../sdk/filter.ts';
import { grouped, list, preset, text, value } from '../option.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { type ShownMachine, writeMachines } from '../show/machines.ts';
import { integerWithin } from '../values.ts';
import { verb } from '../verb.ts';

export const machines = verb({
  name: 'machines',
  summary: 'list machines and whether each is restricted, proven or not',
  description: `Lists machines with the mode that is wanted of each and how sure it is:
  proven     the mode was verified on the machine
  changing   an action is under way
  unproven   an action ended without a proof either way
  drifted    a proven restriction was found undone; the machine is putting it back
  unmanaged  nothing was ever asked of it
Against the vendor's service, which does not tell mode and assurance, these columns are left out.`,
  arguments: [],
  options: {
    ...grouped('Selection', {
      filter: text('ODATA', 'OData $filter over the properties of a machine'),
      tag: list('TAG', 'Only machines that carry the tag; with several, all of them', (tag) => tag),
      top: preset(value('N', 'At most this many', integerWithin(1, 1_000_000)), 1000),
    }),
    ...OUTPUT,
    ...CONNECTION,
  },
  examples: [
    { line: 'cordon machines --emulator', does: 'the fleet of an emulator on this machine' },
    { line: 'cordon machines --tag finance', does: 'the machines with one tag' },
    {
      line: `cordon machines --filter "osPlatform eq 'Linux' and lastSeen lt 2026-03-01"`,
      does: 'Linux machines that were not seen since',
    },
    {
      line: `cordon machines --json | jq -r '.[] | select(.controls[].assurance == "drifted") | .computerDnsName'`,
      does: 'names of the machines whose restriction was undone',
    },
  ],
  run: async (values, _words, { io }) => {
    const client = await connect(values, io);
    const conditions = [
      ...(values.filter === null ? [] : [`(${values.filter})`]),
      ...values.tag.map((tag) => `machineTags/any(tag: tag eq ${literal(tag)})`),
    ];
    const query = {
      filter: conditions.length === 0 ? undefined : conditions.join(' and '),
      signal: io.signal,
    };
    const found = await takeUpTo(values.top, (top) => statesOrMachines(client, { ...query, top }));
    if (values.json) writeJson(io, found.entries);
    else if (found.entries.length > 0) await writeMachines(io, found.entries);
    else
      io.stderr.write(
        'No machine fits. A machine appears when its agent is enrolled, on a device by "cordon-agent install", here by "cordon agent enrol".\n',
      );
    if (found.more) io.stderr.write(`There are more than these ${values.top}; --top N shows more.\n`);
    return 'done';
  },
});

/** Machines with their controls, or without where the service has no such operation. */
async function* statesOrMachines(client: Client, query: CollectionQuery): AsyncGenerator<ShownMachine> {
  try {
    yield* client.machineStates({ ...query, orderBy: 'computerDnsName' });
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 404) throw error;
    yield* client.machines(query);
  }
}
