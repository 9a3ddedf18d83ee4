import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { WireActionState } from '../../src/contract/cordon.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { actions, MINUTE } from '../kit/timed-release.ts';
import { startWorld, type World } from '../kit/world.ts';

const EXPECTED =
  /^Invalid input ReleaseAfter\. An ISO 8601 duration from PT1M to P90D is expected, such as PT4H or P2D/;

const ask = (world: World, machine: string, body: unknown, headers: Record<string, string> = {}) =>
  world.call('POST', `/cordon/v1/machines/${machine}/restrictCodeExecution`, { body, headers });

describe('a restriction that ends by itself', () => {
  test('answers 201 with the vendor’s action, and when it is released', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const body = { Comment: 'x', ExternalId: 'ticket 1', ReleaseAfter: 'P1DT12H' };
    const action = succeeded<WireActionState>(await ask(world, 'WS-001.cordon.test', body), 201);
    assert.deepEqual(
      [action.status, action.releaseAt, action.releaseStands, action.releaseOf, action.externalId],
      ['Pending', '2026-03-03T21:15:20Z', true, null, 'ticket 1'],
    );
    const read = await world.get(`/cordon/v1/machineactions/${action.id}`);
    assert.deepEqual(succeeded<WireActionState>(read), action);
    assert.equal((await world.state(device.machineId)).control.releaseAt, action.releaseAt);
  });

  test('shows nothing of it on the vendor’s wire', async () => {
    await using world = await startWorld();
    const [timed, plain] = [await world.device('one.cordon.test'), await world.device('two.cordon.test')];
    const asked = await world.restrictFor(timed.machineId, 'PT10M');
    const other = await world.restrict(plain.machineId);
    assert.deepEqual(Object.keys(await world.action(asked.id)), Object.keys(await world.action(other.id)));
    assert.equal(Object.keys(other).filter((name) => !name.startsWith('@')).length, 20);
    const machine = await world.get(`/api/machines/${timed.machineId}`);
    assert.doesNotMatch(machine.text, /release/i);
    const vendor = { Comment: 'x', ReleaseAfter: 'PT10M' };
    for (const base of ['/api', '/api/v1.0']) {
      const path = `${base}/machines/${timed.machineId}/restrictCodeExecution`;
      const reply = await world.call('POST', path, { body: vendor });
      refused(reply, 'InvalidRequestBody', /The property ReleaseAfter is not known/);
    }
    const unrestrict = `/api/machines/${timed.machineId}/unrestrictCodeExecution`;
    refused(await world.call('POST', unrestrict, { body: vendor }), 'InvalidRequestBody', /ReleaseAfter/);
    const page = await world.get('/api/machineactions?$filter=releaseAt ne null');
    refused(page, 'ODataError', /releaseAt/);
  });

  test('without a time is the vendor’s restriction', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = succeeded<WireActionState>(await ask(world, device.machineId, { Comment: 'x' }), 201);
    assert.deepEqual([action.releaseAt, action.releaseStands], [null, false]);
    succeeded(await world.cancel(action.id));
    const nothing = await ask(world, device.machineId, { Comment: 'x', ReleaseAfter: null });
    assert.equal(succeeded<WireActionState>(nothing, 201).releaseAt, null);
  });

  test('takes a minute to ninety days, both included', async () => {
    await using world = await startWorld();
    const device = await world.device();
    for (const releaseAfter of ['PT1M', 'PT60S', 'P90D', 'PT2160H', 'P12W6D']) {
      const action = await world.restrictFor(device.machineId, releaseAfter);
      succeeded(await world.cancel(action.id));
    }
    for (const releaseAfter of [
      'PT59S',
      'PT0S',
      'P90DT1S',
      'P13W',
      'P1Y',
      'P1M',
      'PT1.5H',
      '4h',
      '',
      ' ',
      '14400',
      '-PT4H',
      '2026-03-02T13:00:00Z',
      `PT${'9'.repeat(9)}H`,
      `P${'1'.repeat(60_000)}D`,
      'PT4H\u0000',
    ]) {
      refused(
        await ask(world, device.machineId, { Comment: 'x', ReleaseAfter: releaseAfter }),
        'InvalidInput',
        EXPECTED,
      );
    }
    for (const releaseAfter of [5, true, {}, ['PT4H']]) {
      const reply = await ask(world, device.machineId, { Comment: 'x', ReleaseAfter: releaseAfter });
      refused(reply, 'InvalidRequestBody', /ReleaseAfter/);
    }
    refused(
      await ask(world, device.machineId, { ReleaseAfter: 'PT4H' }),
      'MissingRequiredParameter',
      /Comment/,
    );
    const misspelt = { Comment: 'x', releaseAfter: 'PT4H' };
    refused(await ask(world, device.machineId, misspelt), 'InvalidRequestBody', /releaseAfter is not known/);
    assert.ok(
      (await actions(world)).every(({ status }) => status === 'Cancelled'),
      'nothing was begun',
    );
  });

  test('is the same request under an Idempotency-Key only with the same time', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const key = { 'idempotency-key': 'key-1' };
    const body = { Comment: 'x', ReleaseAfter: 'PT4H' };
    const first = succeeded<WireActionState>(await ask(world, device.machineId, body, key), 201);
    world.time.step(MINUTE);
    const again = await ask(world, device.machineId, { ...body, ReleaseAfter: 'PT240M' }, key);
    assert.deepEqual(succeeded<WireActionState>(again, 201), first, 'and its deadline is the first one’s');
    for (const other of [{ Comment: 'x' }, { ...body, ReleaseAfter: 'PT5H' }]) {
      refused(await ask(world, device.machineId, other, key), 'IdempotencyMismatch', /Idempotency-Key/);
    }
    const path = `/api/machines/${device.machineId}/restrictCodeExecution`;
    const vendor = await world.call('POST', path, { body: { Comment: 'x' }, headers: key });
    refused(vendor, 'IdempotencyMismatch', /Idempotency-Key/);
  });

  test('is limited like the vendor’s, so that it is no way round the limit', async () => {
    await using world = await startWorld({ rateLimit: { perMinute: 2, perHour: 10 } });
    const device = await world.device();
    const body = { Comment: 'x', ReleaseAfter: 'nonsense' };
    for (let call = 0; call < 2; call += 1)
      refused(await ask(world, device.machineId, body), 'InvalidInput', EXPECTED);
    refused(await ask(world, device.machineId, body), 'TooManyRequests', /./);
  });

  test('is not shown to whom the machine is not shown', async () => {
    await using world = await startWorld();
    const device = await world.device('ws-001.cordon.test', { groupId: 7 });
    const action = await world.restrictFor(device.machineId, 'PT10M');
    const stranger = await world.user('stranger@cordon.test', {
      role: ['View data', 'Active remediation actions'],
    });
    const read = await world.get(`/cordon/v1/machineactions/${action.id}`, stranger);
    refused(read, 'ResourceNotFound', /was not found/);
    const body = { Comment: 'x', ReleaseAfter: 'PT10M' };
    const path = `/cordon/v1/machines/${device.machineId}/restrictCodeExecution`;
    refused(await world.call('POST', path, { body, token: stranger }), 'ResourceNotFound', /was not found/);
  });
});
