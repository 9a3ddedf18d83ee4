import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import type { WireClock } from '../../src/contract/emulator/clock.ts';
import type { WireError } from '../../src/contract/errors.ts';
import type { WireMachine } from '../../src/contract/machine.ts';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { atEnd } from '../kit/at-end.ts';
import { machine, restrictPath, startTestEmulator } from '../kit/emulator.ts';

const HOUR = 3_600_000;

describe('the clock of an emulator', async () => {
  const emulator = await startTestEmulator();
  after(() => emulator.close());
  const { send, advance, signIn } = emulator;
  const statuses = async (name: string) => (await emulator.actions(name)).map(({ status }) => status);

  test('goes with the machine until it is moved, and says how far it is ahead', async () => {
    const { now, aheadMilliseconds } = await emulator.clock();
    assert.equal(aheadMilliseconds, 0);
    assert.ok(Math.abs(Date.parse(now) - Date.now()) < 60_000);
    const moved = (await advance('PT90S')).json<WireClock>();
    assert.equal(moved.aheadMilliseconds, 90_000);
    assert.ok(Date.parse(moved.now) - Date.parse(now) >= 90_000);
  });

  test('an action to a device that never answers is TimeOut when the call returns', async () => {
    assert.equal((await emulator.restrict('ws-offline')).status, 201);
    assert.equal((await advance('P2DT23H')).status, 200);
    await signIn();
    assert.deepEqual(await statuses('ws-offline'), ['Pending']);
    assert.equal((await advance('PT1H')).status, 200);
    await signIn();
    assert.deepEqual(await statuses('ws-offline'), ['TimeOut']);
  });

  test('a timed release is there when the call returns, and its device is released', async () => {
    const path = restrictPath('ws-001').replace('/api/', '/cordon/v1/');
    const restriction = await send('POST', path, { Comment: 'contain', ReleaseAfter: 'PT4H' });
    assert.equal(restriction.status, 201, restriction.text);
    await emulator.settled('ws-001', 'Succeeded');
    assert.equal((await advance('PT3H')).status, 200);
    await signIn();
    assert.equal((await emulator.actions('ws-001')).length, 1);
    assert.equal((await advance('PT1H')).status, 200);
    await signIn();
    const types = (await emulator.actions('ws-001')).map(({ type }) => type);
    assert.deepEqual(types, ['UnrestrictCodeExecution', 'RestrictCodeExecution']);
    await emulator.settled('ws-001', 'Succeeded');
  });

  test('a token ends, and a new one serves', async () => {
    await signIn();
    assert.equal((await send('GET', '/cordon/v1/machines')).status, 200);
    await advance('PT2H');
    assert.equal((await send('GET', '/cordon/v1/machines')).status, 401);
    await signIn();
    assert.equal((await send('GET', '/cordon/v1/machines')).status, 200);
  });

  test('windows of limits pass, the minute before the hour', async (context) => {
    const limited = await startTestEmulator({ rateLimit: { perMinute: 3, perHour: 5 } });
    atEnd(context, () => limited.close());
    const call = () => limited.send('GET', '/api/alerts');
    const statusesOf = async (count: number) => {
      const found = [];
      for (let made = 0; made < count; made += 1) found.push((await call()).status);
      return found;
    };
    assert.deepEqual(await statusesOf(4), [200, 200, 200, 429]);
    await limited.advance('PT1M');
    assert.deepEqual(await statusesOf(3), [200, 200, 429]);
    assert.ok(Number((await call()).headers.get('retry-after')) > 60);
    await limited.advance('PT59M');
    await limited.signIn();
    assert.deepEqual(await statusesOf(1), [200]);
  });

  test('machines that are there were seen all the while, and one that is off becomes inactive', async () => {
    await advance('P8D');
    await signIn();
    const one = async (name: string) =>
      (await send('GET', `/api/machines/${machine(name)}`)).json<WireMachine>();
    const present = await one('ws-002');
    const { now } = await emulator.clock();
    assert.ok(Date.parse(now) - Date.parse(present.lastSeen) < HOUR, present.lastSeen);
    assert.equal(present.healthStatus, 'Active');
    const off = await one('ws-offline');
    assert.equal(off.healthStatus, 'Inactive');
    assert.ok(Date.parse(now) - Date.parse(off.lastSeen) > 8 * 24 * HOUR);
  });

  test('devices go on working after a leap', async () => {
    assert.equal((await emulator.restrict('ws-003')).status, 201);
    await emulator.settled('ws-003', 'Succeeded');
  });

  test('never goes back, and takes only durations that it can show', async () => {
    const wrong = ['-PT1H', 'PT0S', 'P1Y', '1h', '', 'P4000D', 7, null];
    for (const value of wrong) {
      const refused = await send('POST', '/cordon/v1/emulator/clock', { Advance: value });
      assert.equal(refused.status, 400, JSON.stringify(value));
      assert.equal(refused.json<WireError>().error.code, 'InvalidInput');
    }
    const unknown = await send('POST', '/cordon/v1/emulator/clock', { Advance: 'PT1S', advance: 1 });
    assert.equal(unknown.json<WireError>().error.code, 'InvalidRequestBody');
    await signIn(EMULATOR.readerClientId);
    assert.equal((await advance('PT1H')).status, 403);
    await signIn();
  });

  test('years ahead tokens are still signed and believed, and a reset puts everything back', async () => {
    assert.equal((await advance('P400D')).status, 200);
    await signIn();
    assert.equal((await send('GET', '/cordon/v1/machines')).status, 200);
    await emulator.setFaults({ name: 'all', fault: { kind: 'drop' } });
    assert.deepEqual((await send('POST', '/cordon/v1/emulator/reset')).json(), { machines: 27 });
    await signIn();
    assert.equal((await emulator.clock()).aheadMilliseconds, 0);
    assert.deepEqual((await emulator.faults()).rules, []);
    assert.ok((await emulator.journal()).every(({ operation }) => operation === 'token'));
    const action = (await emulator.restrict('ws-001')).json<WireMachineAction>();
    assert.ok(Math.abs(Date.parse(action.creationDateTimeUtc) - Date.now()) < 60_000);
    await emulator.settled('ws-001', 'Succeeded');
  });
});
