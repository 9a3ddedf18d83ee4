import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRule, ruleText } from '../../src/cli/rule.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { startWorld } from './world.ts';

const APPLICATION = {
  id: 'aaaaaaaa-0000-4000-8000-000000000001',
  displayName: 'soar',
  tenantId: 't',
  permissions: ['Machine.Read.All'],
  createdAt: '2026-03-02T09:15:20Z',
  revokedAt: null,
  secrets: [],
  keys: [],
  secret: 'shown-once',
};
const ROLE = {
  id: 'r1',
  name: 'responders',
  permissions: ['View data'],
  principals: [],
  createdAt: '2026-03-02T09:15:20Z',
};
const GROUP = {
  id: 3,
  name: 'finance',
  rank: 1,
  rules: [],
  principals: ['ana@example.org'],
  createdAt: '2026-03-02T09:15:20Z',
};
const TOKEN = {
  id: 'cccccccc-0000-4000-8000-000000000001',
  groupId: null,
  machineId: null,
  usesLeft: 1,
  expiresAt: '2026-03-02T10:15:20Z',
  createdAt: '2026-03-02T09:15:20Z',
  createdBy: 'puppet',
  revokedAt: null,
  token: 'enrol-me',
};
const SERVER_KEY = {
  id: 'dddddddd-0000-4000-8000-000000000001',
  publicKey: 'A2b4C6d8E0f2G4h6I8j0K2l4M6n8O0p2Q4r6S8t0U2w',
  createdAt: '2026-03-02T09:15:20Z',
  retiredAt: null,
  newest: true,
  machines: 7,
};

/** Each command line, and the one call below /cordon/v1 that changes something. */
const ROWS: [words: string[], call: string, body?: unknown][] = [
  [
    [
      'app',
      'create',
      'soar',
      '--permission',
      'machine.read.all,Machine.RestrictExecution',
      '--secret-days',
      '90',
    ],
    'POST /applications',
    { displayName: 'soar', permissions: ['Machine.Read.All', 'Machine.RestrictExecution'], secretDays: 90 },
  ],
  [
    ['app', 'permit', 'soar', 'Machine.Read.All'],
    `PATCH /applications/${APPLICATION.id}`,
    { permissions: ['Machine.Read.All'] },
  ],
  [['app', 'permit', 'soar'], `PATCH /applications/${APPLICATION.id}`, { permissions: [] }],
  [['app', 'secret', 'soar'], `POST /applications/${APPLICATION.id}/secrets`, {}],
  [['app', 'secret', 'soar', '--remove', 's1'], `DELETE /applications/${APPLICATION.id}/secrets/s1`],
  [['app', 'key', 'soar', '--remove', 'k1'], `DELETE /applications/${APPLICATION.id}/keys/k1`],
  [['app', 'revoke', 'soar'], `DELETE /applications/${APPLICATION.id}`],
  [
    ['role', 'create', 'readers', '--permission', 'view data', '--permission', 'Active remediation actions'],
    'POST /roles',
    { name: 'readers', permissions: ['View data', 'Active remediation actions'] },
  ],
  [
    ['role', 'assign', 'responders', 'ana@example.org'],
    'POST /roles/r1/principals',
    { principal: 'ana@example.org' },
  ],
  [['role', 'unassign', 'responders', 'ana@example.org'], 'DELETE /roles/r1/principals/ana@example.org'],
  [
    ['role', 'change', 'responders', '--permission', 'View data'],
    'PATCH /roles/r1',
    { permissions: ['View data'] },
  ],
  [['role', 'change', 'responders', '--name', 'night'], 'PATCH /roles/r1', { name: 'night' }],
  [['role', 'delete', 'responders'], 'DELETE /roles/r1'],
  [
    [
      'group',
      'create',
      'ws',
      '--rank',
      '2',
      '--rule',
      'name startswith ws-|pc-',
      '--rule',
      'tag equals cash desk',
    ],
    'POST /groups',
    {
      name: 'ws',
      rank: 2,
      rules: [
        { property: 'name', operator: 'startsWith', values: ['ws-', 'pc-'] },
        { property: 'tag', operator: 'equals', values: ['cash desk'] },
      ],
    },
  ],
  [['group', 'assign', '3', 'bo@example.org'], 'POST /groups/3/principals', { principal: 'bo@example.org' }],
  [['group', 'unassign', 'finance', 'ana@example.org'], 'DELETE /groups/3/principals/ana@example.org'],
  [['group', 'place', 'finance', 'ws-001'], 'POST /groups/3/machines', { machine: '1'.repeat(40) }],
  [['group', 'unplace', 'finance', 'ws-001'], `DELETE /groups/3/machines/${'1'.repeat(40)}`],
  [['group', 'change', 'finance', '--rank', '1'], 'PATCH /groups/3', { rank: 1 }],
  [['group', 'change', 'finance', '--name', 'money'], 'PATCH /groups/3', { name: 'money' }],
  [['group', 'delete', 'finance'], 'DELETE /groups/3'],
  [
    [
      'enrolment-token',
      'create',
      '--uses',
      '5',
      '--valid-for',
      '90s',
      '--group',
      'finance',
      '--machine',
      'ws-002',
    ],
    'POST /enrolmenttokens',
    { uses: 5, minutes: 2, group: 'finance', machine: '2'.repeat(40) },
  ],
  [['enrolment-token', 'revoke', 'cccccccc'], `DELETE /enrolmenttokens/${TOKEN.id}`],
  [['server-key', 'rotate'], 'POST /serverkeys', {}],
  [['server-key', 'revoke', 'dddddddd'], `DELETE /serverkeys/${SERVER_KEY.id}`],
];

for (const [words, call, body] of ROWS) {
  test(`cordon ${words.join(' ')} makes one change, for people and as JSON`, async (context) => {
    const { api, cordon } = await startWorld(context);
    Object.assign(api.lists, {
      applications: [APPLICATION],
      roles: [ROLE],
      groups: [GROUP],
      enrolmenttokens: [TOKEN],
      serverkeys: [SERVER_KEY],
    });
    const human = await cordon(words);
    assert.equal(human.status, 0, human.stderr);
    const json = await cordon([...words, '--json']);
    assert.equal(json.status, 0);
    assert.equal(typeof JSON.parse(json.stdout), 'object');
    const changes = api.calls.filter(({ method, path }) => method !== 'GET' && path.startsWith('/cordon'));
    assert.deepEqual(
      changes.map(({ method, path }) => `${method} ${path.replace('/cordon/v1', '')}`),
      [call, call],
    );
    assert.deepEqual(changes[0]!.body, body);
  });
}

test('every list has a table and an array', async (context) => {
  const { api, cordon } = await startWorld(context);
  Object.assign(api.lists, {
    applications: [APPLICATION],
    roles: [ROLE],
    groups: [GROUP],
    enrolmenttokens: [TOKEN],
    serverkeys: [SERVER_KEY],
  });
  for (const [word, shown] of [
    ['app', 'soar'],
    ['role', 'responders'],
    ['group', 'finance'],
    ['enrolment-token', TOKEN.id],
    ['server-key', SERVER_KEY.publicKey.slice(0, 16)],
  ] as const) {
    assert.match((await cordon([word, 'list'])).stdout, new RegExp(`\\b${shown}\\b`));
    assert.equal(JSON.parse((await cordon([word, 'list', '--json'])).stdout).length, 1);
  }
});

test('the end of a key says how many machines it leaves behind, and which are asked for by its beginning', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.lists.serverkeys = [SERVER_KEY];
  const { stderr } = await cordon(['server-key', 'revoke', 'dddddddd']);
  assert.match(stderr, /7 of the machines must be enrolled again; see cordon server-key machines dddddddd-/);
  api.lists[`serverkeys/${SERVER_KEY.id}/machines`] = [
    { id: '1'.repeat(40), computerDnsName: 'ws-001.cordon.test', lastSeen: '2026-03-02T09:15:20Z' },
  ];
  const { stdout } = await cordon(['server-key', 'machines', 'DDDDDDDD']);
  assert.match(stdout, /ws-001\.cordon\.test.*2026-03-02/);
});

test('a fresh enrolment token stands alone on standard output', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.lists.enrolmenttokens = [TOKEN];
  const { stdout, stderr } = await cordon(['enrolment-token', 'create']);
  assert.equal(stdout, 'enrol-me\n');
  assert.match(stderr, /not shown again and ends 2026-03-02 10:15:20 UTC/);
  assert.match(stderr, /^ {2}CORDON_ENROLMENT_TOKEN=… cordon-agent install --url ADDRESS$/m);
});

test('taking the last user from a group says that now everybody sees it', async (context) => {
  const { api, cordon } = await startWorld(context);
  api.lists.groups = [GROUP];
  assert.match(
    (await cordon(['group', 'unassign', 'finance', 'ana@example.org'])).stderr,
    /every user sees it/,
  );
});

test('what cannot be right is refused before any call', async (context) => {
  const { api, cordon } = await startWorld(context);
  for (const words of [
    ['app', 'create', 'x', '--permission', 'Everything'],
    ['app', 'permit', 'x', 'Everything'],
    ['app', 'create', 'x', '--secret-days', '0'],
    ['app', 'key', 'x'],
    ['app', 'key', 'x', '/nowhere/key.pem'],
    ['role', 'create', 'x'],
    ['group', 'create', 'x', '--rule', 'name is ws'],
    ['group', 'create', 'x', '--rank', 'first'],
    ['role', 'change', 'x'],
    ['group', 'change', 'x'],
    ['enrolment-token', 'create', '--valid-for', '31d'],
    ['enrolment-token', 'create', '--uses', '0'],
  ]) {
    assert.equal((await cordon(words)).status, 2, words.join(' '));
  }
  assert.deepEqual(api.calls, []);
});

test('a rule is read and written in one form', () => {
  assert.equal(ruleText(parseRule('Tag  EQUALS  a b | c')), 'tag equals a b|c');
  for (const wrong of ['', 'tag', 'tag equals', 'tag equals |', 'colour equals red']) {
    assert.throws(() => parseRule(wrong), UsageError, wrong);
  }
});
