import { ACTION_STATUSES } from '../../contract/machine-action.ts';
import { takeUpTo } from '../../sdk/collection.ts';
import { literal } from '../../sdk/filter.ts';
import { choice, grouped, preset, text, value } from '../option.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { ACTIVE } from '../resolve/active-action.ts';
import { machineKey } from '../resolve/machine.ts';
import { writeActions } from '../show/actions.ts';
import { integerWithin } from '../values.ts';
import { verb } from '../verb.ts';

const STATUS_WORDS = [...ACTION_STATUSES, 'active'] as const;

export const actions = verb({
  name: 'actions',
  summary: 'list actions, newest first',
  description: `Lists what was asked of machines, newest first: by whom, why, how it stands and how long it
took. "cordon action ID" shows one of them with its history and proof.`,
  arguments: [],
  options: {
    ...grouped('Selection', {
      filter: text('ODATA', 'OData $filter over the properties of an action'),
      status: choice(
        'STATUS',
        'Only actions in this status; active stands for Pending and InProgress',
        STATUS_WORDS,
      ),
      machine: text('MACHINE', 'Only actions of this machine; any of its names'),
      top: preset(value('N', 'At most this many', integerWithin(1, 1_000_000)), 20),
    }),
    ...OUTPUT,
    ...CONNECTION,
  },
  examples: [
    { line: 'cordon actions --status active', does: 'what is under way now' },
    { line: 'cordon actions --machine ws-001 --top 5', does: 'the last five actions of one machine' },
    {
      line: `cordon actions --filter "requestor eq 'soar-connector' and creationDateTimeUtc ge 2026-03-01"`,
      does: 'what one caller has asked for since a day',
    },
    {
      line: "cordon actions --status Failed --json | jq -r '.[].id'",
      does: 'ids of what failed, for a script',
    },
  ],
  run: async (values, _words, { io }) => {
    const client = await connect(values, io);
    const conditions = [
      ...(values.filter === null ? [] : [`(${values.filter})`]),
      ...(values.status === null ? [] : [statusCondition(values.status)]),
    ];
    const query = {
      filter: conditions.length === 0 ? undefined : conditions.join(' and '),
      signal: io.signal,
    };
    const machine = values.machine === null ? null : await machineKey(client, values.machine, io.signal);
    const found = await takeUpTo(values.top, (top) =>
      machine === null ? client.actions({ ...query, top }) : client.actionsOf(machine, { ...query, top }),
    );
    if (values.json) writeJson(io, found.entries);
    else if (found.entries.length > 0) await writeActions(io, found.entries);
    else io.stderr.write('No action fits.\n');
    if (found.more) io.stderr.write(`There are more than these ${values.top}; --top N shows more.\n`);
    return 'done';
  },
});

function statusCondition(status: (typeof STATUS_WORDS)[number]): string {
  return status === 'active' ? ACTIVE : `status eq ${literal(status)}`;
}
