/** The signed exchange, seen from the server's side. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { WireMachine } from '../../src/contract/machine.ts';
import { deviceFacts, newKeyPair, someEvidence } from '../kit/device.ts';
import { succeeded } from '../kit/reply.ts';
import { startWorld, TENANT } from '../kit/world.ts';

describe('an exchange', () => {
  test('that waits is answered the moment something is wanted, and a cancellation too', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const waiting = device.exchange({ waitSeconds: 30 });
    const action = await world.restrict(device.machineId);
    const began = performance.now();
    const { answer } = await waiting;
    assert.ok(performance.now() - began < 5000);
    assert.deepEqual(
      answer?.desired.map(({ mode, generation, actionId }) => [mode, generation, actionId]),
      [['restricted', 1, action.id]],
    );
    const again = device.exchange({ waitSeconds: 30 });
    await world.cancel(action.id);
    assert.deepEqual(
      (await again).answer?.desired.map(({ mode, generation, status }) => [mode, generation, status]),
      [['unmanaged', 2, 'settled']],
    );
  });

  test('that knows less than is wanted is answered at once', async () => {
    await using world = await startWorld();
    const device = await world.device();
    await world.restrict(device.machineId);
    const { answer } = await device.exchange({ waitSeconds: 55, known: [] });
    assert.equal(answer?.desired.length, 1);
    const { answer: other } = await device.exchange({ waitSeconds: 55, epoch: 'another' });
    assert.equal(other?.desired.length, 1);
  });

  test('that is broken off by the device costs nothing', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const hungUp = new AbortController();
    const waiting = device.exchange({ waitSeconds: 55, signal: hungUp.signal });
    await device.exchange({ nonce: 'x', repeat: false });
    hungUp.abort();
    await assert.rejects(waiting);
    await world.restrict(device.machineId);
    assert.equal((await device.next()).generation, 1);
  });

  test('that waits is told when to come back when the server closes', async () => {
    const world = await startWorld();
    const device = await world.device();
    const waiting = device.exchange({ waitSeconds: 55 });
    await world.until(async () => (await world.get('/api/machines')).status === 200);
    const began = performance.now();
    await world[Symbol.asyncDispose]();
    const { status, error, headers } = await waiting;
    assert.deepEqual([status, error?.code, headers.get('retry-after')], [503, 'ServiceUnavailable', '2']);
    assert.ok(performance.now() - began < 5000);
  });

  test('that the store still answers while the server closes keeps nothing open', async () => {
    const world = await startWorld();
    const device = await world.device();
    const held = world.faults.hold('controls');
    const exchanging = device.exchange();
    const { release } = await held;
    const began = performance.now();
    const closing = world[Symbol.asyncDispose]();
    await world.until(async () =>
      fetch(world.url)
        .then(() => false)
        .catch(() => true),
    );
    release();
    assert.notEqual((await exchanging).answer, null, 'a call under way is finished');
    await closing;
    assert.ok(performance.now() - began < 10_000, 'and its connection is not waited for');
  });

  test('needs a nonce of the server that was not used before; a refusal brings a fresh one, signed', async () => {
    await using world = await startWorld();
    const [device, other] = [await world.device('one.cordon.test'), await world.device('two.cordon.test')];
    const { nonce } = device;
    assert.notEqual((await device.exchange()).answer, null);
    const foreign = other.nonce;
    const made = Buffer.alloc(32, 7).toString('base64url');
    for (const bad of [nonce, foreign, made, '', 'x', nonce.slice(0, -1)]) {
      const { status, answer, nonceAnswer } = await device.exchange({ nonce: bad });
      assert.equal(status, bad === '' || status === 401 ? 401 : 400);
      assert.equal(answer, null);
      if (status === 401) assert.equal(nonceAnswer?.machineId, device.machineId);
    }
    await device.exchange();
    const kept = device.nonce;
    world.time.step(5 * 60_000 + 1);
    assert.equal((await device.exchange({ nonce: kept })).answer, null, 'it has expired');
    assert.notEqual((await device.exchange()).answer, null);
  });

  test('repeated by somebody who overheard it changes nothing', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrict(device.machineId);
    const order = await device.next();
    const { nonce } = device;
    const proof = device.report('outcome', order, {
      observed: 'restricted',
      proven: true,
      evidence: someEvidence(),
    });
    await device.exchange({ nonce, reports: [proof] });
    const history = await world.history(action.id);
    const again = await device.exchange({
      nonce,
      reports: [{ ...proof, sequence: 99, kind: 'drift', proven: false }],
    });
    assert.equal(again.status, 401);
    assert.deepEqual(await world.history(action.id), history);
    assert.equal((await world.state(device.machineId)).control.assurance, 'proven');
  });

  test('not signed by the machine’s key, or not as it must be, is refused and changes nothing', async () => {
    await using world = await startWorld();
    const [device, other] = [await world.device('one.cordon.test'), await world.device('two.cordon.test')];
    const action = await world.restrict(device.machineId);
    const order = await device.next();
    const reports = [
      device.report('outcome', order, { observed: 'restricted', proven: true, evidence: someEvidence() }),
    ];
    const cases = [
      [{ reports, signWith: newKeyPair().privateKey }, 401],
      [{ reports, signWith: other.key.privateKey }, 401],
      [{ reports, keyId: other.machineId }, 401],
      [{ reports, machineId: other.machineId, keyId: device.machineId }, 401],
      [{ reports, keyId: 'f'.repeat(40) }, 404],
      [{ reports, keyId: "' or 1=1 --" }, 404],
      [{ reports, keyId: '\0' }, 404],
      [{ reports, type: 'cordon-answer+jwt' }, 401],
      [{ reports, protocol: 99 }, 400],
      [{ raw: '' }, 400],
      [{ raw: 'no jws' }, 400],
      [{ raw: 'a.b.c' }, 400],
      [{ raw: `${btoa('{"alg":"none"}')}.e30.` }, 400],
      [{ raw: '{}', contentType: 'application/json' }, 415],
      [{ raw: '{}', contentType: 'text/plain' }, 415],
      [{ raw: 'x'.repeat(600_000) }, 413],
    ] as const;
    for (const [options, status] of cases) {
      const result = await device.exchange({ ...options, repeat: false });
      assert.equal(result.status, status, JSON.stringify(options).slice(0, 200));
      assert.equal(result.answer, null);
    }
    assert.equal((await world.action(action.id)).status, 'Pending');
    assert.equal((await world.history(action.id)).length, 1);
    assert.notEqual((await device.exchange()).answer, null);
  });

  test('brings facts that changed, and the rules of the groups follow them', async () => {
    await using world = await startWorld();
    const group = await world.server.services.groups.create(TENANT, 'lab', null, [
      { property: 'domain', operator: 'equals', values: ['lab.test'] },
    ]);
    const device = await world.device();
    await device.exchange({ facts: deviceFacts('WS-001.lab.test', { osVersion: '6.13', version: '14' }) });
    const machine = succeeded<WireMachine>(await world.get(`/api/machines/${device.machineId}`));
    assert.deepEqual(
      [machine.computerDnsName, machine.osVersion, machine.version, machine.rbacGroupId],
      ['ws-001.lab.test', '6.13', '14', group.id],
    );
  });

  test('shows on the machine as lastSeen; a week of silence makes it Inactive, a word Active again', async () => {
    await using world = await startWorld({ timeouts: () => ({ pending: 1e12, progress: 1e12 }) });
    const device = await world.device();
    const client = await world.client(['Machine.Read.All']);
    const look = async () => {
      const reply = await world.get(`/api/machines/${device.machineId}`, await client.token());
      return succeeded<WireMachine>(reply);
    };
    world.time.step(3_600_000);
    await device.exchange();
    await world.until(async () => (await look()).lastSeen.startsWith('2026-03-02T10:15:20'));
    world.time.step(7 * 86_400_000 + 1);
    await world.until(async () => (await look()).healthStatus === 'Inactive');
    await device.exchange();
    await world.until(async () => (await look()).healthStatus === 'Active');
  });
});
