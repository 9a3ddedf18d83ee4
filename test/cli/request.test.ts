import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { wireError } from '../kit/api-server.ts';
import { startWorld } from './world.ts';

/** The world of the command, with the calls that ask for something. */
async function connected(context: TestContext) {
  const world = await startWorld(context);
  const posts = () =>
    world.api.calls.filter(({ method, path }) => method === 'POST' && path.startsWith('/api'));
  return { ...world, posts };
}

test('restrict asks one machine and says how to follow the action', async (context) => {
  const { cordon, posts } = await connected(context);
  const { status, stdout, stderr } = await cordon(['restrict', 'ws-001.cordon.test', '--comment', 'why']);
  assert.equal(status, 0);
  assert.match(stdout, /00000001-6a41-4f0e\s+RestrictCodeExecution\s+ws-001\.cordon\.test\s+Pending/);
  assert.match(stderr, /cordon action 00000001-6a41-4f0e --wait/);
  assert.deepEqual(posts()[0]!.body, { Comment: 'why' });
});

test('with --wait each change is told and Succeeded ends with 0', async (context) => {
  const { cordon } = await connected(context);
  const { status, stdout, stderr } = await cordon(['unrestrict', 'ws-001', '--comment', 'why', '--wait']);
  assert.equal(status, 0);
  assert.match(stdout, /UnrestrictCodeExecution\s+ws-001\.cordon\.test\s+Succeeded/);
  assert.deepEqual(stderr.match(/Pending|InProgress|Succeeded/g), ['Pending', 'InProgress', 'Succeeded']);
});

test('with --json standard output is one document: the action as the wire has it', async (context) => {
  const { cordon } = await connected(context);
  const { status, stdout } = await cordon(['restrict', 'ws-001', '--comment', 'why', '--wait', '--json']);
  assert.equal(status, 0);
  const action = JSON.parse(stdout);
  assert.deepEqual(
    [action.status, action.type, Object.keys(action).length],
    ['Succeeded', 'RestrictCodeExecution', 20],
  );
});

for (const ended of ['Failed', 'TimeOut', 'Cancelled'] as const) {
  test(`an action that ends as ${ended} ends the command with 1 and says why`, async (context) => {
    const { api, cordon } = await connected(context);
    api.path = ['InProgress', ended];
    api.histories.set('00000001-6a41-4f0e-9a57-0c1d2e3f4a5b', [
      {
        revision: 3,
        at: '2026-03-02T09:15:20Z',
        status: ended,
        actor: { kind: 'device', id: 'm', name: 'ws-001' },
        cause: 'the rules did not load',
        evidence: {
          driver: 'fapolicyd',
          driverVersion: '1.3.3',
          checks: [
            {
              name: 'untrusted program as root',
              expected: 'refused',
              observed: 'it \u001b[31mran',
              passed: false,
            },
          ],
          took: { apply: 12 },
          notes: [],
        },
      },
    ]);
    const { status, stdout, stderr } = await cordon(['restrict', 'ws-001', '--comment', 'why', '--wait']);
    assert.equal(status, 1);
    assert.match(stdout, new RegExp(ended));
    assert.match(
      stderr,
      /the rules did not load[\s\S]*untrusted program as root: expected refused, observed it/,
    );
    assert.doesNotMatch(stdout + stderr, new RegExp(String.fromCharCode(27)));
  });
}

test('a wait that is given up ends with 4 and says how to go on; the action is left alone', async (context) => {
  const { api, cordon } = await connected(context);
  api.path = [];
  const words = ['restrict', 'ws-001', '--comment', 'why', '--wait', '--timeout', '0'];
  const { status, stdout, stderr } = await cordon(words);
  assert.equal(status, 4);
  assert.match(stdout, /Pending/);
  assert.match(stderr, /still active.*cordon action 00000001-6a41-4f0e --wait/);
  assert.ok(api.calls.every(({ path }) => !path.endsWith('/cancel')));
});

test('several machines count one by one, and the worst is the exit status', async (context) => {
  const { api, cordon } = await connected(context);
  api.force(`POST /api/machines/${'2'.repeat(40)}`, {
    status: 400,
    body: wireError('ActiveRequestAlreadyExists', 'Action is already in progress'),
  });
  const words = ['restrict', 'ws-001', 'ws-002', 'ws-003', '--comment', 'why', '--wait'];
  const { status, stdout, stderr } = await cordon(words);
  assert.equal(status, 3);
  assert.match(stdout, /ws-001.*Succeeded[\s\S]*ws-003.*Succeeded/);
  assert.doesNotMatch(stdout, /ws-002/);
  assert.match(stderr, /ws-002: Action is already in progress[\s\S]*cordon actions --status active/);
});

test('with --json several machines are one array, and what was refused stands in its place', async (context) => {
  const { api, cordon } = await connected(context);
  api.force(`POST /api/machines/${'2'.repeat(40)}`, {
    status: 403,
    body: wireError('Forbidden', 'no permission'),
  });
  const words = ['restrict', 'ws-001', 'ws-002', '--comment', 'why', '--json'];
  const { status, stdout, stderr } = await cordon(words);
  assert.equal(status, 3);
  const documents = JSON.parse(stdout);
  assert.equal(documents[0].status, 'Pending');
  assert.deepEqual(documents[1], {
    machine: 'ws-002',
    error: { code: 'Forbidden', message: 'no permission', target: '|b1838e63-40a6640ddd2719ac.' },
  });
  assert.equal(stderr, '');
});

test('a refusal of one machine with --json is an error document on standard error alone', async (context) => {
  const { api, cordon } = await connected(context);
  api.force('POST /api/machines', { status: 403, body: wireError('Forbidden', 'no permission') });
  const { status, stdout, stderr } = await cordon(['restrict', 'ws-001', '--comment', 'why', '--json']);
  assert.deepEqual([status, stdout], [3, '']);
  assert.deepEqual(JSON.parse(stderr), wireError('Forbidden', 'no permission'));
});

test('a slip in one name changes nothing on any machine', async (context) => {
  const { cordon, posts } = await connected(context);
  const { status, stderr } = await cordon(['restrict', 'ws-001', 'ws-999', '--comment', 'why']);
  assert.equal(status, 3);
  assert.match(stderr, /No machine is called ws-999[\s\S]*cordon machines/);
  assert.deepEqual(posts(), []);
});

test('a comment is needed: asked for where a person is, an error where nobody is, and never blank', async (context) => {
  const { cordon, posts } = await connected(context);
  const nobody = await cordon(['restrict', 'ws-001']);
  assert.equal(nobody.status, 2);
  assert.match(nobody.stderr, /--comment \(or CORDON_COMMENT\)/);
  assert.equal((await cordon(['restrict', 'ws-001'], { answer: ' ' })).status, 2);
  assert.deepEqual(posts(), []);
  assert.equal((await cordon(['restrict', 'ws-001'], { answer: 'ticket 1' })).status, 0);
  assert.deepEqual(posts()[0]!.body, { Comment: 'ticket 1' });
});

test('the key of a request is as given for one machine, one each for several, and never absent', async (context) => {
  const { cordon, posts } = await connected(context);
  const keys = () => posts().map(({ headers }) => headers['idempotency-key']);
  await cordon(['restrict', 'ws-001', '--comment', 'c', '--idempotency-key', 'case-1']);
  await cordon(['restrict', 'ws-001', 'ws-002', '--comment', 'c', '--idempotency-key', 'case-2']);
  await cordon(['restrict', 'ws-001', '--comment', 'c']);
  assert.deepEqual(keys(), ['case-1', `case-2:${'1'.repeat(40)}`, `case-2:${'2'.repeat(40)}`, 'key-1']);
});

test('a signal while waiting ends with 130, and the action is not cancelled', async (context) => {
  const { api, cordon } = await connected(context);
  api.path = [];
  const controller = new AbortController();
  const waiting = cordon(['restrict', 'ws-001', '--comment', 'why', '--wait'], { signal: controller.signal });
  while (!api.calls.some(({ method, path }) => method === 'GET' && path.startsWith('/api/machineactions/'))) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  controller.abort(new Error('interrupted'));
  const { status, stderr } = await waiting;
  assert.equal(status, 130);
  assert.match(stderr, /the action goes on\. Follow it with: cordon action 00000001[\s\S]*Interrupted/);
  assert.ok(api.calls.every(({ path }) => !path.endsWith('/cancel')));
});

test('a machine that is named twice is asked once, and the command says so', async (context) => {
  const { cordon, posts } = await connected(context);
  const names = ['ws-001', 'ws-001.cordon.test', 'ws-002', '1'.repeat(40)];
  const { status, stdout, stderr } = await cordon(['restrict', ...names, '--comment', 'why']);
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    posts().map(({ path }) => path.split('/')[3]),
    ['1'.repeat(40), '2'.repeat(40)],
  );
  assert.equal(stdout.match(/ws-001/g)?.length, 1);
  assert.match(stderr, /ws-001\.cordon\.test is the same machine as ws-001; it is asked once\./);
  assert.equal(stderr.match(/is the same machine as/g)?.length, 2);
});

test('a caller who may not read machines asks them by name all the same', async (context) => {
  const { api, cordon, posts } = await connected(context);
  const names = ['ws-001.cordon.test', 'ws-002.cordon.test', 'ws-001.cordon.test'];
  for (const name of names)
    api.force(`GET /api/machines/${name}`, { status: 403, body: wireError('Forbidden', 'no permission') });
  const { status, stderr } = await cordon(['restrict', ...names, '--comment', 'why']);
  assert.equal(status, 0, stderr);
  assert.equal(posts().length, 2);
});

test('a refusal is told before the wait for the others, not after it', async (context) => {
  const { api, cordon } = await connected(context);
  api.force(`POST /api/machines/${'2'.repeat(40)}`, {
    status: 400,
    body: wireError('ActiveRequestAlreadyExists', 'Action is already in progress'),
  });
  const words = ['restrict', 'ws-001', 'ws-002', '--comment', 'why', '--wait'];
  const { status, stderr } = await cordon(words);
  assert.equal(status, 3);
  assert.match(stderr, /ws-002: Action is already in progress[\s\S]*InProgress[\s\S]*Succeeded/);
  assert.equal(stderr.match(/Action is already in progress/g)?.length, 1);
});
