import type { WireWebhook } from '../../contract/webhook.ts';
import { flag, grouped, preset, text, value } from '../option.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { DELIVERY, findWebhook, WEBHOOK } from '../resolve/webhook.ts';
import { writeReport } from '../show/report.ts';
import { type Column, writeTable } from '../show/table.ts';
import { ago } from '../show/time.ts';
import { UsageError } from '../usage-error.ts';
import { parseDuration } from '../values.ts';
import { type VerbGroup, verb } from '../verb.ts';
import { deliveries, replay } from './webhook-deliveries.ts';

const COMMON = { ...OUTPUT, ...CONNECTION };
const HOUR = 3_600_000;

const COLUMNS = (now: number): Column<WireWebhook>[] => [
  { title: 'NAME', text: (row) => row.name, give: 1 },
  { title: 'ID', text: (row) => row.id, give: 0 },
  {
    title: 'STATE',
    text: (row) => (row.enabled ? 'enabled' : row.disabledBecause === 'gone' ? 'gone' : 'disabled'),
    paint: (row, text, paint) => (row.enabled ? text : paint('red', text)),
    give: 0,
  },
  { title: 'CREATED', text: (row) => ago(row.createdAt, now), give: 2 },
  { title: 'ADDRESS', text: (row) => row.url, give: 3 },
];

const create = verb({
  name: 'create',
  summary: 'tell an address every transition of an action, and show its secret once',
  description: `Creates a webhook: from now on each change of status of an action is sent to the address as a
signed message (Standard Webhooks, CloudEvents JSON), in order for each action, and again until
the receiver answers 200 to 299. The secret with which the receiver verifies is shown now and
never again. Addresses are https and of the public network, unless the server was started with
--webhook-allow.`,
  arguments: [
    { name: 'name', description: 'what it is called in lists' },
    { name: 'address', description: 'where messages are sent' },
  ],
  options: COMMON,
  examples: [
    {
      line: 'cordon webhook create soar https://soar.example.org/hooks/cordon',
      does: 'for a playbook engine',
    },
    {
      line: 'SECRET=$(cordon webhook create soar https://soar.example.org/hooks/cordon --json | jq -r .secret)',
      does: 'for a script',
    },
  ],
  run: async (values, [name, url], { io }) => {
    const created = await (await connect(values, io)).webhooks.create({ name: name!, url: url! });
    if (values.json) writeJson(io, created);
    else {
      writeReport(io, { name: created.name, id: created.id, address: created.url, secret: created.secret });
      io.stderr.write(
        `The secret is not shown again. Try it: cordon webhook test ${created.id.slice(0, 8)}\n`,
      );
    }
    return 'done';
  },
});

const listVerb = verb({
  name: 'list',
  summary: 'list webhooks',
  description:
    'Lists the webhooks of the tenant. "gone" is one that was disabled because its receiver said 410.',
  arguments: [],
  options: COMMON,
  examples: [
    { line: 'cordon webhook list', does: 'for people' },
    {
      line: "cordon webhook list --json | jq '.[] | select(.enabled | not)'",
      does: 'those that are told nothing',
    },
  ],
  run: async (values, _words, { io }) => {
    const found = await (await connect(values, io)).webhooks.list();
    if (values.json) writeJson(io, found);
    else await writeTable(io, COLUMNS(io.now()), found);
    return 'done';
  },
});

const show = verb({
  name: 'show',
  summary: 'show a webhook, or one of its deliveries with every attempt',
  description: 'Shows a webhook, or one delivery with the time, answer and duration of each attempt.',
  arguments: [WEBHOOK, DELIVERY],
  options: COMMON,
  examples: [
    { line: 'cordon webhook show soar', does: 'the webhook' },
    {
      line: 'cordon webhook show soar evt_0193b0c4-5d8e-7a31-9c55-0d2f1e6a7b88_2',
      does: 'one delivery',
    },
  ],
  run: async (values, [written, delivery], { io }) => {
    const client = await connect(values, io);
    const webhook = await findWebhook(client, written!);
    const shown = delivery === undefined ? webhook : await client.webhooks.delivery(webhook.id, delivery);
    if (values.json) writeJson(io, shown);
    else writeReport(io, shown);
    return 'done';
  },
});

const update = verb({
  name: 'update',
  summary: 'rename a webhook, change its address, disable or enable it',
  description: `Changes what is named and leaves the rest. A disabled webhook is sent nothing; what happens
meanwhile waits, and is sent in order when it is enabled again.`,
  arguments: [WEBHOOK],
  options: {
    ...grouped('Webhook', {
      name: text('NAME', 'Name from now on'),
      address: text('ADDRESS', 'Where messages are sent from now on, those that wait included'),
      enable: flag('Send what waits, and what happens from now on'),
      disable: flag('Send nothing until it is enabled'),
    }),
    ...COMMON,
  },
  examples: [
    { line: 'cordon webhook update soar --disable', does: 'while the receiver is being rebuilt' },
    {
      line: 'cordon webhook update soar --address https://soar2.example.org/hooks --enable',
      does: 'afterwards',
    },
  ],
  run: async (values, words, { io }) => {
    const { name, address, enable, disable } = values;
    if (enable && disable) throw new UsageError('--enable and --disable exclude each other.');
    if (name === null && address === null && !enable && !disable) {
      throw new UsageError('Say what to change: --name, --address, --enable or --disable.');
    }
    const client = await connect(values, io);
    const changed = await client.webhooks.change((await findWebhook(client, words[0]!)).id, {
      ...(name === null ? {} : { name }),
      ...(address === null ? {} : { url: address }),
      ...(enable || disable ? { enabled: enable } : {}),
    });
    if (values.json) writeJson(io, changed);
    else await writeTable(io, COLUMNS(io.now()), [changed]);
    return 'done';
  },
});

const remove = verb({
  name: 'delete',
  summary: 'delete a webhook with its deliveries',
  description:
    'Deletes a webhook: what waits for it is not sent any more, and its log of deliveries goes with it.',
  arguments: [WEBHOOK],
  options: COMMON,
  examples: [
    { line: 'cordon webhook delete soar', does: 'by its name' },
    { line: 'cordon webhook delete 7f6e5d4c', does: 'by the beginning of its id' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, name } = await findWebhook(client, words[0]!);
    await client.webhooks.delete(id);
    if (values.json) writeJson(io, { id, deleted: true });
    else io.stderr.write(`Deleted the webhook ${name} (${id}).\n`);
    return 'done';
  },
});

const test = verb({
  name: 'test',
  summary: 'send a test message now, and say how it ended',
  description: `Sends a signed message of the type dev.cordon.webhook.test and waits for the answer, 15 seconds
at most. Nothing of the answer is shown but its status. It ends with status 0 when the receiver
took the message.`,
  arguments: [WEBHOOK],
  options: COMMON,
  examples: [
    { line: 'cordon webhook test soar', does: 'after the receiver was set up' },
    { line: 'cordon webhook test soar --json | jq .milliseconds', does: 'how long it took' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id, name } = await findWebhook(client, words[0]!);
    const tested = await client.webhooks.test(id);
    const { delivered, status, message, milliseconds } = tested;
    if (values.json) writeJson(io, tested);
    else if (delivered)
      io.stderr.write(`${name} took the test message: ${status} after ${milliseconds} ms.\n`);
    else io.stderr.write(`${name} did not take the test message: ${message} (${milliseconds} ms).\n`);
    return delivered ? 'done' : 'ended';
  },
});

/** Whole hours, rounded up, within what the server takes. */
function parseOverlap(written: string): number {
  const hours = Math.ceil(parseDuration(written) / HOUR);
  if (hours > 168) throw new UsageError('takes a duration up to 7d');
  return hours;
}

const rotateSecret = verb({
  name: 'rotate-secret',
  summary: 'make a new secret, and show it once',
  description: `Makes a new secret. For the overlap messages are signed with both, so that the receiver can be
changed without a gap. With --overlap 0 the one before ends at once: for one that was stolen.`,
  arguments: [WEBHOOK],
  options: {
    ...grouped('Secret', {
      overlap: preset(
        value('DURATION', 'How long the secret before signs too, at most 7d', parseOverlap),
        24,
        '24h',
      ),
    }),
    ...COMMON,
  },
  examples: [
    { line: 'cordon webhook rotate-secret soar', does: 'with a day to change the receiver' },
    { line: 'cordon webhook rotate-secret soar --overlap 0', does: 'after it was stolen' },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const { id } = await findWebhook(client, words[0]!);
    const rotated = await client.webhooks.rotateSecret(id, values.overlap);
    if (values.json) writeJson(io, rotated);
    else {
      io.stdout.write(`${rotated.secret}\n`);
      io.stderr.write('The secret is not shown again.\n');
    }
    return 'done';
  },
});

export const webhook: VerbGroup = {
  name: 'webhook',
  summary: 'manage who is told what happens to actions',
  description:
    'Addresses that are told every transition. All of these need the permission Cordon.Manage.All.',
  verbs: [create, listVerb, show, update, remove, test, deliveries, replay, rotateSecret],
};
