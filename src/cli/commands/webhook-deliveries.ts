/** What a webhook was told, and telling it again. */
import type { WireDelivery } from '../../contract/webhook.ts';
import { all } from '../../sdk/collection.ts';
import { choice, grouped, preset, text, value } from '../option.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { DELIVERY, findWebhook, WEBHOOK } from '../resolve/webhook.ts';
import { type Column, writeTable } from '../show/table.ts';
import { ahead, clock } from '../show/time.ts';
import { UsageError } from '../usage-error.ts';
import { integerWithin } from '../values.ts';
import { verb } from '../verb.ts';

const COMMON = { ...OUTPUT, ...CONNECTION };
const STATES = ['waiting', 'delivered', 'failed'] as const;

/** @param enabled whether the webhook is sent anything at present */
const DELIVERIES = (now: number, enabled: boolean): Column<WireDelivery>[] => [
  { title: 'AT', text: (row) => clock(row.createdAt), give: 0 },
  { title: 'ID', text: (row) => row.id, give: 0 },
  { title: 'EVENT', text: (row) => row.type.replace('dev.cordon.', ''), give: 2 },
  {
    title: 'STATE',
    text: (row) => row.state,
    paint: (row, text, paint) => (row.state === 'failed' ? paint('red', text) : text),
    give: 0,
  },
  { title: 'ATTEMPTS', text: (row) => String(row.attempts), give: 0 },
  {
    title: 'LAST',
    text: (row) => row.lastError ?? (row.lastStatus === null ? '' : String(row.lastStatus)),
    give: 0,
  },
  {
    title: 'NEXT',
    text: (row) => {
      if (row.nextAttemptAt === null) return '';
      return enabled ? ahead(row.nextAttemptAt, now) : 'once enabled';
    },
    give: 1,
  },
];

export const deliveries = verb({
  name: 'deliveries',
  summary: 'list what a webhook was told, and what waits',
  description: 'Lists the deliveries of a webhook, newest first, with the last answer of each.',
  arguments: [WEBHOOK],
  options: {
    ...grouped('Selection', {
      state: choice('STATE', 'Only deliveries in this state', STATES),
      since: text('TIME', 'Only transitions at this time or later, such as 2026-03-01'),
      until: text('TIME', 'Only transitions before this time'),
      top: preset(value('N', 'At most this many', integerWithin(1, 1_000_000)), 50),
    }),
    ...COMMON,
  },
  examples: [
    { line: 'cordon webhook deliveries soar', does: 'the newest 50' },
    { line: 'cordon webhook deliveries soar --state failed --since 2026-03-01', does: 'what was given up' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, enabled } = await findWebhook(client, words[0]!);
    const query = {
      state: values.state ?? undefined,
      since: values.since ?? undefined,
      until: values.until ?? undefined,
      top: values.top,
      signal: io.signal,
    };
    const found = await all(client.webhooks.deliveries(id, query));
    if (values.json) writeJson(io, found);
    else await writeTable(io, DELIVERIES(io.now(), enabled), found);
    return 'done';
  },
});

export const replay = verb({
  name: 'replay',
  summary: 'send one delivery again, or those of a period',
  description: `Sends one delivery again, or with --since every one that has ended, delivered or given up. Each
keeps its id, so that a receiver knows what it has seen.`,
  arguments: [WEBHOOK, DELIVERY],
  options: {
    ...grouped('Selection', {
      since: text('TIME', 'Transitions at this time or later, such as 2026-03-01'),
      until: text('TIME', 'Only transitions before this time; until now when left out'),
      state: choice('STATE', 'Only deliveries that ended so', ['delivered', 'failed']),
    }),
    ...COMMON,
  },
  examples: [
    { line: 'cordon webhook replay soar --since 2026-03-01 --state failed', does: 'what was given up since' },
    { line: 'cordon webhook replay soar evt_0193b0c4-5d8e-7a31-9c55-0d2f1e6a7b88_2', does: 'one' },
  ],
  run: async (values, [written, delivery], { io }) => {
    if ((delivery === undefined) === (values.since === null)) {
      throw new UsageError('Name either a delivery or --since TIME.');
    }
    const client = await connect(values, io);
    const { id } = await findWebhook(client, written!);
    if (delivery !== undefined) {
      const replayed = await client.webhooks.replayDelivery(id, delivery);
      if (values.json) writeJson(io, replayed);
      else io.stderr.write(`${replayed.id} is sent again.\n`);
      return 'done';
    }
    const replayed = await client.webhooks.replay(id, {
      since: values.since!,
      ...(values.until === null ? {} : { until: values.until }),
      ...(values.state === null ? {} : { state: values.state }),
    });
    if (values.json) writeJson(io, replayed);
    else io.stderr.write(`${replayed.replayed} deliveries are sent again.\n`);
    return 'done';
  },
});
