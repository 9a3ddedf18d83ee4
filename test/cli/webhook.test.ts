import assert from 'node:assert/strict';
import test from 'node:test';
import { parseWebhookAllowance } from '../../src/cli/values.ts';
import { startWorld } from './world.ts';

const ID = 'eeeeeeee-0000-4000-8000-000000000001';
const DELIVERY = 'evt_0199c2d5-5d0c-7a31-9c55-0d2f1e6a7b88_2';
/** What the puppet answers to everything: a webhook, a test and a replay in one. */
const WEBHOOK = {
  id: ID,
  name: 'soar',
  url: 'https://soar.example.org/hooks',
  enabled: false,
  disabledAt: '2026-03-02T09:15:20Z',
  disabledBecause: 'gone',
  createdAt: '2026-03-02T09:15:20Z',
  createdBy: 'ana',
  previousSecretUntil: null,
  secret: 'whsec_shown-once',
  delivered: true,
  status: 204,
  message: null,
  milliseconds: 12,
  replayed: 3,
};

/** Each command line, and the one call below /cordon/v1 that it makes besides looking the webhook up. */
const ROWS: [words: string[], call: string, body?: unknown][] = [
  [['create', 'soar', WEBHOOK.url], 'POST /webhooks', { name: 'soar', url: WEBHOOK.url }],
  [['update', 'soar', '--disable'], `PATCH /webhooks/${ID}`, { enabled: false }],
  [
    ['update', 'eeeeeeee', '--name', 'x', '--address', 'https://x.test/', '--enable'],
    `PATCH /webhooks/${ID}`,
    { name: 'x', url: 'https://x.test/', enabled: true },
  ],
  [['delete', 'soar'], `DELETE /webhooks/${ID}`],
  [['test', 'soar'], `POST /webhooks/${ID}/test`, {}],
  [['rotate-secret', 'soar'], `POST /webhooks/${ID}/secrets`, { overlapHours: 24 }],
  [['rotate-secret', 'soar', '--overlap', '90m'], `POST /webhooks/${ID}/secrets`, { overlapHours: 2 }],
  [['replay', 'soar', DELIVERY], `POST /webhooks/${ID}/deliveries/${DELIVERY}/replay`, {}],
  [
    ['replay', 'soar', '--since', '2026-03-01', '--state', 'failed'],
    `POST /webhooks/${ID}/replay`,
    { since: '2026-03-01', state: 'failed' },
  ],
];

for (const [words, call, body] of ROWS) {
  test(`cordon webhook ${words.join(' ')}`, async (context) => {
    const { api, cordon } = await startWorld(context);
    api.lists.webhooks = [WEBHOOK];
    const people = await cordon(['webhook', ...words]);
    assert.equal(people.status, 0, people.stderr);
    assert.notEqual(people.stdout + people.stderr, '');
    const json = await cordon(['webhook', ...words, '--json']);
    assert.equal(typeof JSON.parse(json.stdout), 'object');
    const changes = api.calls.filter(({ method, path }) => method !== 'GET' && path.startsWith('/cordon'));
    assert.deepEqual(
      changes.map(({ method, path }) => `${method} ${path.replace('/cordon/v1', '')}`),
      [call, call],
    );
    assert.deepEqual(changes[0]!.body, body);
  });
}

test('lists show what a webhook is and what it was told', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.lists.webhooks = [WEBHOOK];
  api.lists[`webhooks/${ID}/deliveries`] = [
    {
      id: DELIVERY,
      type: 'dev.cordon.machineaction.inprogress',
      state: 'waiting',
      attempts: 3,
      createdAt: '2026-03-02T09:15:20Z',
      nextAttemptAt: '2026-03-02T11:15:20Z',
      lastStatus: null,
      lastError: 'timeout',
    },
  ];
  assert.match((await cordon(['webhook', 'list'])).stdout, /soar .* gone .* https:\/\/soar\.example\.org/);
  const deliveries = async () =>
    (await cordon(['webhook', 'deliveries', 'soar', '--state', 'waiting', '--top', '5'])).stdout;
  assert.match(
    await deliveries(),
    /evt_.*_2 +machineaction\.inprogress +waiting +3 +timeout +once enabled/,
    'one that is gone is sent nothing',
  );
  api.lists.webhooks = [{ ...WEBHOOK, enabled: true, disabledBecause: null }];
  assert.match(await deliveries(), / waiting +3 +timeout +in /);
  const { query } = api.calls.at(-1)!;
  assert.deepEqual([query.get('state'), query.get('$top')], ['waiting', '5']);
  api.lists.webhooks = [WEBHOOK];
  assert.match((await cordon(['webhook', 'show', 'soar'])).stdout, /disabled because: gone/);
});

test('a secret is shown once, a rotated one alone on standard output', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.lists.webhooks = [WEBHOOK];
  const created = await cordon(['webhook', 'create', 'soar', WEBHOOK.url]);
  assert.match(created.stdout, /secret: whsec_shown-once/);
  assert.match(created.stderr, /not shown again/);
  assert.equal((await cordon(['webhook', 'rotate-secret', 'soar'])).stdout, 'whsec_shown-once\n');
});

test('a test message that was not taken ends with 1 and says why', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.lists.webhooks = [{ ...WEBHOOK, delivered: false, status: null, message: 'no answer came in time' }];
  const { status, stderr } = await cordon(['webhook', 'test', 'soar']);
  assert.equal(status, 1);
  assert.match(stderr, /soar did not take the test message: no answer came in time/);
});

test('what cannot be right is refused before any call', async (context) => {
  const { api, cordon } = await startWorld(context);
  for (const words of [
    ['update', 'soar'],
    ['update', 'soar', '--enable', '--disable'],
    ['replay', 'soar'],
    ['replay', 'soar', DELIVERY, '--since', '2026-03-01'],
    ['deliveries', 'soar', '--state', 'lost'],
    ['rotate-secret', 'soar', '--overlap', '8d'],
  ]) {
    assert.equal((await cordon(['webhook', ...words])).status, 2, words.join(' '));
  }
  assert.deepEqual(api.calls, []);
});

test('what webhooks may be sent to is an address, a range or a host, with or without TLS', () => {
  assert.deepEqual(parseWebhookAllowance('10.0.0.0/8'), { kind: 'range', address: '10.0.0.0', prefix: 8 });
  assert.deepEqual(parseWebhookAllowance('10.1.2.3'), { kind: 'range', address: '10.1.2.3', prefix: 32 });
  assert.deepEqual(parseWebhookAllowance('fd00::/8'), { kind: 'range', address: 'fd00::', prefix: 8 });
  assert.deepEqual(parseWebhookAllowance('Soar.Test'), { kind: 'host', host: 'soar.test', plain: false });
  assert.deepEqual(parseWebhookAllowance('http://collector'), {
    kind: 'host',
    host: 'collector',
    plain: true,
  });
  for (const wrong of [
    '',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/8/8',
    'https://x',
    'x/8',
    'a b',
    'http://10.0.0.1',
  ]) {
    assert.throws(() => parseWebhookAllowance(wrong), /takes an address/, wrong);
  }
});
