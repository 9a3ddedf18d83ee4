import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import type { WireError } from '../../src/contract/errors.ts';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { passOverDescription } from '../kit/described.ts';
import { restrictPath, startTestEmulator } from '../kit/emulator.ts';
import { ODATA_TYPE } from '../kit/reply.ts';

passOverDescription('rules make the emulator answer as no server of ours does');

const RESTRICT = { operation: 'restrictCodeExecution' };

describe('fault rules at a running emulator', async () => {
  const emulator = await startTestEmulator();
  after(() => emulator.close());
  const { raw, restrict, setFaults, send } = emulator;

  test('a 429 at the second restrict has the wire of the true one, and nothing was asked of the machine', async () => {
    await setFaults({
      name: 'second restrict',
      calls: RESTRICT,
      when: { call: 2 },
      fault: { kind: 'error', code: 'TooManyRequests', retryAfter: 7 },
    });
    assert.equal((await restrict('ws-001')).status, 201);
    const refused = await restrict('ws-002');
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), '7');
    assert.equal(refused.headers.get('content-type'), ODATA_TYPE);
    const { error } = refused.json<WireError>();
    assert.equal(error.code, 'TooManyRequests');
    assert.match(error.message, /^API calls quota exceeded! maximum allowed/);
    assert.match(error.target, /^\|[0-9a-f]{8}-[0-9a-f]{16}\.$/);
    assert.deepEqual(await emulator.actions('ws-002'), []);
    assert.equal((await restrict('ws-002')).status, 201);
    const [rule] = (await emulator.faults()).rules;
    assert.deepEqual([rule!.matched, rule!.fired], [3, 1]);
  });

  test('an error in place of the answer comes after the action was accepted', async () => {
    await setFaults({
      name: 'lost',
      calls: RESTRICT,
      times: 1,
      fault: { kind: 'error', code: 'ServiceUnavailable', moment: 'after' },
    });
    const answer = await restrict('ws-003');
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '1']);
    assert.equal(answer.json<WireError>().error.code, 'ServiceUnavailable');
    assert.equal((await emulator.actions('ws-003')).length, 1);
  });

  test('a drop before the work closes without a byte, and nothing was asked of the machine', async () => {
    await setFaults({ name: 'drop', calls: RESTRICT, fault: { kind: 'drop' } });
    assert.equal(await raw('POST', restrictPath('ws-004'), { Comment: 'contain' }), '');
    assert.deepEqual(await emulator.actions('ws-004'), []);
  });

  test('a drop after the work closes without a byte, and the action is there', async () => {
    await setFaults({ name: 'drop', calls: RESTRICT, fault: { kind: 'drop', moment: 'after' } });
    assert.equal(await raw('POST', restrictPath('ws-004'), { Comment: 'contain' }), '');
    assert.equal((await emulator.actions('ws-004')).length, 1);
  });

  test('a drop in the middle sends the head with the whole length, and half of the body', async () => {
    await setFaults({ name: 'drop', calls: RESTRICT, fault: { kind: 'drop', moment: 'middle' } });
    const received = await raw('POST', restrictPath('ws-005'), { Comment: 'contain' });
    const [head = '', body = ''] = received.split('\r\n\r\n');
    assert.match(head, /^HTTP\/1\.1 201 /);
    const whole = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    assert.equal(Buffer.byteLength(body), whole >> 1);
    assert.throws(() => JSON.parse(body));
    assert.equal((await emulator.actions('ws-005')).length, 1);
  });

  test('a truncated answer is whole by its length and no JSON', async () => {
    await setFaults({
      name: 'cut',
      calls: { operation: 'listMachines' },
      fault: { kind: 'truncate', bytes: 20 },
    });
    const answer = await send('GET', '/api/machines');
    assert.deepEqual(
      [answer.status, answer.headers.get('content-length'), answer.text.length],
      [200, '20', 20],
    );
    await setFaults({ name: 'cut', calls: { operation: 'listMachines' }, fault: { kind: 'truncate' } });
    assert.throws(() => answer.json());
    const half = await send('GET', '/api/machines');
    assert.ok(half.text.length > 1000);
    assert.throws(() => half.json());
  });

  test('an empty body, another body and another content type keep the true status', async () => {
    const calls = { operation: 'getMachine' };
    await setFaults({ name: 'empty', calls, fault: { kind: 'body' } });
    const path = restrictPath('ws-006').replace('/restrictCodeExecution', '');
    const empty = await send('GET', path);
    assert.deepEqual([empty.status, empty.text, empty.headers.get('content-length')], [200, '', '0']);
    await setFaults({ name: 'other', calls, fault: { kind: 'body', text: '[]', contentType: 'text/plain' } });
    const other = await send('GET', path);
    assert.deepEqual(
      [other.status, other.text, other.headers.get('content-type')],
      [200, '[]', 'text/plain'],
    );
    await setFaults({ name: 'type', calls, fault: { kind: 'contentType', contentType: 'text/html' } });
    const typed = await send('GET', path);
    assert.equal(typed.headers.get('content-type'), 'text/html');
    assert.equal(typed.json<{ computerDnsName: string }>().computerDnsName, 'ws-006.cordon.test');
  });

  test('any answer can be given, before the work or in place of its answer', async () => {
    const fault = { kind: 'answer', status: 502, text: '<h1>Bad gateway</h1>', contentType: 'text/html' };
    await setFaults({ name: 'gateway', calls: RESTRICT, fault });
    const before = await restrict('ws-007');
    assert.deepEqual([before.status, before.text], [502, '<h1>Bad gateway</h1>']);
    assert.equal(before.headers.get('content-type'), 'text/html');
    assert.deepEqual(await emulator.actions('ws-007'), []);
    await setFaults({
      name: 'gateway',
      calls: RESTRICT,
      fault: { ...fault, moment: 'after', retryAfter: 3 },
    });
    const after = await restrict('ws-007');
    assert.deepEqual([after.status, after.headers.get('retry-after')], [502, '3']);
    assert.equal((await emulator.actions('ws-007')).length, 1);
  });

  test('a slow answer comes late, and the work is done before or after the delay as the rule says', async () => {
    for (const [moment, name, during] of [
      ['before', 'ws-008', 0],
      ['after', 'ws-009', 1],
    ] as const) {
      await setFaults({ name: 'slow', calls: RESTRICT, fault: { kind: 'slow', delay: 115_000, moment } });
      const gone = new AbortController();
      const token = await emulator.signIn();
      const waiting = fetch(`${emulator.url}${restrictPath(name)}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{"Comment":"contain"}',
        signal: gone.signal,
      }).catch(() => 'gave up');
      while ((await emulator.faults()).rules[0]!.fired === 0) {}
      while (during > 0 && (await emulator.actions(name)).length === 0) {}
      assert.equal((await emulator.actions(name)).length, during, moment);
      gone.abort();
      assert.equal(await waiting, 'gave up');
    }
  });

  test('the token endpoint can be made to refuse, in the shape of its own refusals', async () => {
    await setFaults({
      name: 'token',
      calls: { operation: 'token', application: EMULATOR.readerClientId },
      fault: { kind: 'error', code: 'TooManyRequests', retryAfter: 9 },
    });
    assert.equal((await emulator.requestToken()).status, 200);
    const refused = await emulator.requestToken(EMULATOR.readerClientId);
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '9']);
    const body = (await refused.json()) as { error: string; error_codes: number[] };
    assert.deepEqual([body.error, body.error_codes], ['temporarily_unavailable', [90055]]);
  });

  test('a rule for one machine by its name leaves the others alone', async () => {
    const fault = { kind: 'error', code: 'InternalServerError' };
    await setFaults({ name: 'one', calls: { machine: 'WS-010.cordon.test' }, fault });
    assert.equal((await restrict('ws-010')).status, 500);
    assert.equal((await restrict('ws-011')).status, 201);
  });

  test('calls that the server refuses by itself are not counted', async () => {
    await setFaults({ name: 'first', calls: RESTRICT, when: { call: 1 }, fault: { kind: 'drop' } });
    assert.equal((await send('POST', restrictPath('ws-012'), {})).status, 400);
    assert.equal(
      (await send('POST', restrictPath('ws-012'), { Comment: 'x' }, { authorization: 'Bearer no' })).status,
      401,
    );
    assert.equal((await emulator.faults()).rules[0]!.matched, 0);
  });

  test('no rule shuts the way to the rules themselves', async () => {
    await setFaults({ name: 'all', fault: { kind: 'drop' } });
    assert.equal((await emulator.faults()).rules.length, 1);
    assert.equal((await send('DELETE', '/cordon/v1/emulator/faults')).status, 204);
    assert.deepEqual((await emulator.faults()).rules, []);
    assert.equal((await send('GET', '/api/machines')).status, 200);
  });

  test('rules that are not valid are refused with rule, field and remedy, and those in force stay', async () => {
    await setFaults({ name: 'stays', when: { call: 9 }, fault: { kind: 'drop' } });
    const rules = [
      { name: 'good', fault: { kind: 'drop' } },
      { name: 'late', fault: { kind: 'error', code: 'TooManyRequests', retryafter: 5 } },
    ];
    const refused = await send('PUT', '/cordon/v1/emulator/faults', { rules });
    assert.equal(refused.status, 400);
    assert.match(
      refused.json<WireError>().error.message,
      /^Rule 2 \("late"\), fault\.retryafter: is not known here; known are kind, code, /,
    );
    assert.equal((await emulator.faults()).rules[0]!.rule.name, 'stays');
  });

  test('only the full application may see and change them', async () => {
    const token = await emulator.signIn(EMULATOR.readerClientId);
    assert.equal((await send('GET', '/cordon/v1/emulator/faults')).status, 403);
    assert.equal((await send('PUT', '/cordon/v1/emulator/faults', { rules: [] })).status, 403);
    assert.ok(token !== '');
    assert.equal(
      (await send('GET', '/cordon/v1/emulator/faults', undefined, { authorization: '' })).status,
      401,
    );
    await emulator.signIn();
  });

  test('an accepted action whose answer was lost is found again by its idempotency key', async () => {
    await setFaults({
      name: 'lost',
      calls: RESTRICT,
      when: { call: 1 },
      fault: { kind: 'drop', moment: 'after' },
    });
    const key = { 'idempotency-key': 'playbook-1' };
    await assert.rejects(send('POST', restrictPath('ws-013'), { Comment: 'contain' }, key));
    const again = await send('POST', restrictPath('ws-013'), { Comment: 'contain' }, key);
    assert.equal(again.status, 201);
    const [only, ...more] = await emulator.actions('ws-013');
    assert.deepEqual(more, []);
    assert.equal(again.json<WireMachineAction>().id, only!.id);
  });
});
