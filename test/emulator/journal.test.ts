import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import type { WireJournalEntry } from '../../src/contract/emulator/journal.ts';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { createJournal } from '../../src/emulator/journal/journal.ts';
import { machine, restrictPath, startTestEmulator } from '../kit/emulator.ts';

describe('the journal of an emulator', async () => {
  const emulator = await startTestEmulator();
  after(() => emulator.close());
  const { send } = emulator;
  const empty = () => send('DELETE', '/cordon/v1/emulator/journal');

  test('shows that a playbook called restrict once, with this comment', async () => {
    await empty();
    const headers = { 'idempotency-key': 'run-7', 'user-agent': 'playbook/1', cookie: 'session=secret' };
    await send('POST', restrictPath('ws-001'), { Comment: 'contain, ticket 8841' }, headers);
    await send('GET', `/api/machines/${machine('ws-001')}`);
    const [entry, ...more] = await emulator.journal('?operation=restrictCodeExecution');
    assert.deepEqual(more, []);
    assert.deepEqual(entry!.body, { Comment: 'contain, ticket 8841' });
    assert.equal(entry!.application, EMULATOR.clientId);
    assert.deepEqual(
      [entry!.method, entry!.path, entry!.status, entry!.outcome, entry!.fault],
      ['POST', restrictPath('ws-001'), 201, 'answered', null],
    );
    assert.equal(entry!.headers['idempotency-key'], 'run-7');
    assert.equal(entry!.headers['user-agent'], 'playbook/1');
    assert.match(entry!.correlationId, /^\|[0-9a-f]{8}-[0-9a-f]{16}\.$/);
    assert.ok(entry!.durationMilliseconds! >= 0);
  });

  test('keeps no secret: no authorization, no cookie, no client secret in any form', async () => {
    await empty();
    const token = await emulator.signIn();
    await send('POST', restrictPath('ws-002'), { Comment: 'contain' }, { cookie: 'session=oursecret' });
    const form = { grant_type: 'password', username: EMULATOR.viewer, password: EMULATOR.secret };
    const path = `/${EMULATOR.tenant}/oauth2/token`;
    for (const body of [new URLSearchParams(form), JSON.stringify({ client_secret: EMULATOR.secret })])
      await fetch(`${emulator.url}${path}`, {
        method: 'POST',
        body,
        headers: { authorization: `Basic ${btoa(`app:${EMULATOR.secret}`)}` },
      });
    await send('GET', `/api/machines?client_secret=${EMULATOR.secret}&$top=1`);
    const { text } = await send('GET', '/cordon/v1/emulator/journal');
    for (const secret of [EMULATOR.secret, token, token.split('.')[2]!, 'oursecret', 'Bearer', 'Basic'])
      assert.ok(!text.includes(secret), secret.slice(0, 20));
    const [first, ...others] = await emulator.journal('?operation=token');
    assert.deepEqual(first!.body, {
      grant_type: 'client_credentials',
      client_id: EMULATOR.clientId,
      scope: 'https://api.securitycenter.microsoft.com/.default',
      client_secret: '(redacted)',
    });
    assert.equal(first!.application, EMULATOR.clientId);
    assert.deepEqual(
      others.map(({ body, application }) => [body, application]),
      [
        [{ grant_type: 'password', username: EMULATOR.viewer, password: '(redacted)' }, 'app'],
        [{}, 'app'],
      ],
    );
  });

  test('has what was refused, what is nowhere, and what was broken by a rule', async () => {
    await empty();
    await send('GET', '/api/advancedqueries/run');
    await send('GET', '/api/machines', undefined, { authorization: 'Bearer no' });
    await emulator.setFaults({ name: 'lost', calls: { operation: 'listMachines' }, fault: { kind: 'drop' } });
    await assert.rejects(send('GET', '/api/machines'));
    await send('DELETE', '/cordon/v1/emulator/faults');
    const found = (await emulator.journal()).map(({ operation, status, outcome, fault, application }) => [
      operation,
      status,
      outcome,
      fault,
      application,
    ]);
    assert.deepEqual(found, [
      [null, 404, 'answered', null, null],
      ['listMachines', 401, 'answered', null, null],
      ['listMachines', null, 'broken', 'lost', EMULATOR.clientId],
    ]);
  });

  test('leaves out devices, health, the page and its own reading', async () => {
    await empty();
    for (const path of ['/healthz', '/readyz', '/cordon/v1/emulator/clock']) await send('GET', path);
    await emulator.restrict('ws-003');
    await emulator.settled('ws-003', 'Succeeded');
    const operations = new Set((await emulator.journal()).map(({ operation }) => operation));
    assert.deepEqual([...operations].sort(), ['listActionsOfMachine', 'restrictCodeExecution']);
  });

  test('is filtered by operation, status, id and time', async () => {
    await empty();
    await emulator.restrict('ws-004');
    await send('POST', restrictPath('ws-005'), {});
    const all = await emulator.journal();
    assert.deepEqual(
      (await emulator.journal('?status=400')).map(({ status }) => status),
      [400],
    );
    assert.equal((await emulator.journal('?status=4xx')).length, 1);
    assert.equal((await emulator.journal('?status=201&operation=restrictCodeExecution')).length, 1);
    assert.deepEqual(await emulator.journal(`?since=${all[0]!.id}`), all.slice(1));
    assert.deepEqual(await emulator.journal(`?since=${all[1]!.time}`), all.slice(1));
    for (const query of [
      '?status=9',
      '?since=yesterday',
      '?operation=a%20b',
      '?machine=1',
      '?status=4xx&status=5xx',
    ])
      assert.equal((await send('GET', `/cordon/v1/emulator/journal${query}`)).status, 400, query);
    await emulator.signIn(EMULATOR.readerClientId);
    assert.equal((await send('GET', '/cordon/v1/emulator/journal')).status, 403);
    await emulator.signIn();
  });

  test('cuts a long body and says so', async () => {
    await empty();
    await send('POST', restrictPath('ws-006'), { Comment: 'x'.repeat(20_000) });
    const [entry] = await emulator.journal();
    assert.deepEqual([entry!.bodyCut, (entry!.body as string).length], [true, 16_384]);
  });
});

describe('the bounds of a journal', () => {
  const entry = (path: string): Omit<WireJournalEntry, 'id'> => ({
    time: '2026-03-02T09:15:20.0000000Z',
    correlationId: '|00000000-0000000000000000.',
    method: 'GET',
    path,
    query: null,
    operation: null,
    application: null,
    user: null,
    headers: {},
    body: null,
    bodyCut: false,
    status: null,
    outcome: 'underWay',
    fault: null,
    durationMilliseconds: null,
  });
  const ALL = { operation: null, afterId: null, since: null, status: null };

  test('the oldest entries make room, by number and by size, and are counted', () => {
    const few = createJournal({ entries: 3, characters: 1_000_000 });
    for (const path of ['/1', '/2', '/3', '/4', '/5']) few.add(entry(path));
    assert.deepEqual(
      few.list(ALL).value.map(({ path, id }) => [path, id]),
      [
        ['/3', 3],
        ['/4', 4],
        ['/5', 5],
      ],
    );
    assert.equal(few.list(ALL).dropped, 2);

    const small = createJournal({ entries: 100, characters: 2000 });
    for (const path of ['/1', '/2', '/3']) {
      const added = small.add(entry(path));
      added.body = 'y'.repeat(900);
      small.weigh(added);
    }
    assert.deepEqual(
      small.list(ALL).value.map(({ path }) => path),
      ['/3'],
    );
  });

  test('an entry that was dropped while its call was under way takes no room when it ends', () => {
    const journal = createJournal({ entries: 1, characters: 2000 });
    const first = journal.add(entry('/1'));
    journal.add(entry('/2'));
    first.body = 'z'.repeat(5000);
    journal.weigh(first);
    assert.deepEqual(
      journal.list(ALL).value.map(({ path }) => path),
      ['/2'],
    );
  });

  test('an emptied journal begins without entries, and numbers go on', () => {
    const journal = createJournal();
    journal.add(entry('/1'));
    journal.clear();
    assert.deepEqual(journal.list(ALL), { value: [], dropped: 0 });
    assert.equal(journal.add(entry('/2')).id, 2);
  });
});
