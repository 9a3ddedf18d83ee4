import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { EXCHANGE_BACKOFF } from '../../src/agent/backoff.ts';
import { type Fault, startDeviceServer } from '../kit/device-server.ts';
import { createManualClock, createStubDriver, startWorld } from './kit.ts';

const lie = (fields: Record<string, unknown>): Fault => ({ kind: 'lie', fields });
const restricted = { control: 'codeExecution', mode: 'restricted', actionId: null, status: 'active' };

/** What a hostile or broken server, proxy or man in the middle might answer to a long poll that asks for an order. */
const LIES: readonly { readonly name: string; readonly fault: Fault; readonly reason: RegExp }[] = [
  { name: 'signed by another key', fault: { kind: 'wrongKey' }, reason: /not signed by the server/ },
  { name: 'of another type', fault: { kind: 'wrongType' }, reason: /another type/ },
  { name: 'that was given before', fault: { kind: 'replay' }, reason: /another message/ },
  { name: 'to another nonce', fault: lie({ answers: 'other' }), reason: /another message/ },
  { name: 'for another machine', fault: lie({ machineId: 'f'.repeat(40) }), reason: /another machine/ },
  { name: 'of an unknown protocol', fault: lie({ protocol: 99 }), reason: /protocol 99/ },
  { name: 'without a nonce', fault: lie({ nonce: '' }), reason: /malformed/ },
  {
    name: 'with an unknown mode',
    fault: lie({ desired: [{ ...restricted, mode: 'wiped', generation: 9 }] }),
    reason: /malformed/,
  },
  {
    name: 'with a generation that is no number',
    fault: lie({ desired: [{ ...restricted, generation: '9' }] }),
    reason: /malformed/,
  },
  {
    name: 'with an older generation',
    fault: lie({ desired: [{ ...restricted, generation: 1 }] }),
    reason: /older than 3/,
  },
  {
    name: 'with another mode for the same generation',
    fault: lie({ desired: [{ ...restricted, generation: 3 }] }),
    reason: /changed its mode/,
  },
  {
    name: 'that is no signed message',
    fault: { kind: 'body', body: '{"desired":[]}' },
    reason: /not a signed message/,
  },
  {
    name: 'that is a page',
    fault: { kind: 'body', body: '<html>', contentType: 'text/html' },
    reason: /answered 200/,
  },
  { name: 'of two megabytes', fault: { kind: 'body', body: 'a'.repeat(2_000_000) }, reason: /larger than/ },
  {
    name: 'that demands a nonce under another key',
    fault: { kind: 'forgedNonce' },
    reason: /not signed by the server/,
  },
];

describe('the device refuses an answer', () => {
  for (const { name, fault, reason } of LIES) {
    test(name, async (context) => {
      const driver = createStubDriver();
      const clock = createManualClock();
      const { server, logged, ledger } = await startWorld(context, { drivers: [driver], clock });
      await server.waiting();
      server.want('restricted');
      await server.report(({ kind }) => kind === 'outcome');
      server.want('unrestricted');
      await server.report(({ kind, generation }) => kind === 'outcome' && generation === 2);
      await server.waiting();
      driver.calls.length = 0;
      const before = ledger.state();
      server.fault(fault);
      server.change({ status: 'settled' });
      server.want('unrestricted');
      // The poll that waits is answered honestly; the acceptance of generation 3 is what the lie answers.
      const failure = await logged('exchange failed');
      assert.match(String(failure.reason), reason);
      assert.deepEqual(driver.calls, [], 'nothing was done');
      assert.equal(ledger.state().controls[0]?.desired.generation, 3);
      assert.equal(ledger.state().epoch, before.epoch);
      await clock.asked(() => true);
      clock.advance(60_000);
      const outcome = await server.report(({ kind, generation }) => kind === 'outcome' && generation === 3);
      assert.equal(outcome.proven, true, 'the truth is taken as soon as it comes');
    });
  }
});

describe('nonces', () => {
  test('a demand for a fresh one is followed at once, and the reports are sent with it', async (context) => {
    const { server, log } = await startWorld(context);
    await server.waiting();
    server.fault({ kind: 'nonce' }, 2);
    server.want('restricted');
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.equal(outcome.proven, true);
    assert.ok(!log.some(({ event }) => event === 'exchange failed'));
  });

  test('a server that never has enough of them is left alone for a while', async (context) => {
    const { server, logged } = await startWorld(context);
    await server.waiting();
    server.fault({ kind: 'nonce' }, 50);
    const before = server.seen.length;
    server.want('restricted');
    await logged('exchange failed');
    assert.ok(server.seen.length - before <= 4);
  });
});

describe('a report', () => {
  test('whose confirmation was lost is sent again at once and counted once', async (context) => {
    const { server, ledger } = await startWorld(context);
    await server.waiting();
    server.fault({ kind: 'hangUp' });
    server.want('restricted');
    await server.report(({ kind }) => kind === 'outcome');
    await server.waiting();
    assert.deepEqual(ledger.state().reports, []);
    assert.deepEqual(
      server.seen.flatMap(({ request }) => request.reports.map(({ sequence }) => sequence)),
      [1, 1, 2],
    );
    assert.deepEqual(
      server.reports.map(({ sequence }) => sequence),
      [1, 2],
    );
  });

  test('is kept while there is no server at all, and sent when there is one again', async (context) => {
    const clock = createManualClock();
    const { server, ledger, logged } = await startWorld(context, { clock });
    await server.waiting();
    const up = server.down();
    server.want('restricted');
    await logged('exchange failed');
    await clock.asked((milliseconds) => milliseconds === 50);
    assert.equal(ledger.state().controls.length, 0);
    up();
    clock.advance(60_000);
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.equal(outcome.proven, true);
  });

  test('that the server answers without taking is kept, and makes no busy loop', async (context) => {
    const { server, logged, ledger } = await startWorld(context);
    await server.waiting();
    server.fault(lie({ received: 0 }), 5);
    server.want('restricted');
    const failure = await logged('exchange failed');
    assert.match(String(failure.reason), /without taking the reports/);
    assert.equal(ledger.state().reports.length, 1);
  });
});

describe('the server', () => {
  test('that asks for time gets it', async (context) => {
    const clock = createManualClock();
    const { server } = await startWorld(context, { clock, random: () => 0.5 });
    await server.waiting();
    server.fault({ kind: 'status', status: 429, retryAfter: 7 });
    server.want('restricted');
    assert.equal(await clock.asked((milliseconds) => milliseconds >= 7000), 8750);
  });

  test('that does not know the machine is asked again after minutes', async (context) => {
    const clock = createManualClock();
    const { server } = await startWorld(context, { clock, random: () => 0.5 });
    await server.waiting();
    server.fault({ kind: 'status', status: 404, code: 'ResourceNotFound' });
    server.want('restricted');
    assert.equal(await clock.asked((milliseconds) => milliseconds >= 10_000), 30_000);
  });

  test('that answers every poll at once with nothing new makes no busy loop', async (context) => {
    const clock = createManualClock();
    const { server } = await startWorld(context, { clock, random: () => 0.5 });
    await server.waiting();
    server.want('restricted');
    await server.report(({ kind }) => kind === 'outcome');
    await server.waiting();
    const before = server.seen.length;
    server.setReceived(2);
    for (let round = 0; round < 3; round += 1) {
      await server.waiting();
      server.answerNow();
      await server.message(() => server.seen.length > before + round);
    }
    await server.waiting();
    server.answerNow();
    await clock.asked((milliseconds) => milliseconds === EXCHANGE_BACKOFF.base / 2);
    assert.equal(server.seen.length, before + 3);
  });

  test('that replaces its key is believed under the new one from then on, and only so', async (context) => {
    const keys: string[] = [];
    const { server, log } = await startWorld(context, {
      onServerKey: async (key) => {
        keys.push(key);
      },
    });
    await server.waiting();
    const key = server.rotateKey();
    server.want('restricted');
    await server.report(({ kind }) => kind === 'outcome');
    await server.waiting();
    assert.deepEqual(keys, [key]);
    assert.ok(!log.some(({ event }) => event === 'exchange failed'));
  });

  test('of before the replacement is not believed any more, and the agent says which key it has', async (context) => {
    const { server, logged } = await startWorld(context, { onServerKey: async () => undefined });
    await server.waiting();
    const old = server.seen.at(-1)?.request.serverKey;
    const key = server.rotateKey();
    server.answerNow();
    await server.message(({ serverKey }) => serverKey === key);
    assert.notEqual(old, key);
    await server.waiting();
    server.fault({ kind: 'replay' });
    server.want('restricted');
    const { reason } = await logged('exchange failed');
    assert.match(String(reason), /not signed by the server|another message/);
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.equal(outcome.proven, true);
    assert.equal(server.seen.at(-1)?.request.serverKey, key);
  });

  test('with a new epoch starts the generations anew', async (context) => {
    const driver = createStubDriver();
    const { server } = await startWorld(context, { drivers: [driver] });
    await server.waiting();
    for (const mode of ['restricted', 'unrestricted', 'restricted'] as const) {
      const { generation } = server.want(mode);
      await server.report((report) => report.kind === 'outcome' && report.generation === generation);
    }
    await server.waiting();
    server.epoch = 'restored';
    const order = server.want('unrestricted');
    assert.equal(order.generation, 1);
    await server.message(({ epoch }) => epoch === 'restored');
    await server.waiting();
    assert.deepEqual(driver.calls.slice(-2), ['apply unrestricted', 'verify unrestricted']);
    assert.deepEqual(
      server.reports.slice(-2).map(({ kind, generation, proven }) => `${kind} ${generation} ${proven}`),
      ['accepted 1 false', 'outcome 1 true'],
    );
  });

  test('with a new epoch that wants nothing leaves a restriction in force', async (context) => {
    const driver = createStubDriver();
    const clock = createManualClock();
    const { server } = await startWorld(context, { drivers: [driver], clock, driftSeconds: 5 });
    await server.waiting();
    server.want('restricted');
    await server.report(({ kind }) => kind === 'outcome');
    await server.waiting();
    server.epoch = 'restored';
    await server.message(({ epoch }) => epoch === 'restored');
    driver.intact = false;
    driver.calls.length = 0;
    await clock.asked((milliseconds) => milliseconds === 5000);
    clock.advance(5000);
    await server.report(({ kind, proven }) => kind === 'drift' && proven);
    assert.ok(!driver.calls.includes('apply unrestricted'), 'only a person releases');
  });

  test('is reached over a connection that was closed while idle', async (context) => {
    const clock = createManualClock();
    const { server, log } = await startWorld(context, { presence: { awaySeconds: 5 }, clock });
    await clock.asked((milliseconds) => milliseconds === 5000);
    server.dropConnections();
    server.want('restricted');
    clock.advance(5000);
    await server.report(({ kind }) => kind === 'outcome');
    assert.ok(!log.some(({ event }) => event === 'exchange failed'));
  });
});

test('a thousand agents that lose their server do not come back together', async () => {
  const { backoffDelay, EXCHANGE_BACKOFF } = await import('../../src/agent/backoff.ts');
  const waits = Array.from({ length: 1000 }, (_, index) => backoffDelay(EXCHANGE_BACKOFF, 6, index / 1000));
  const perSecond = new Map<number, number>();
  for (const wait of waits)
    perSecond.set(Math.floor(wait / 1000), (perSecond.get(Math.floor(wait / 1000)) ?? 0) + 1);
  assert.ok(Math.max(...perSecond.values()) < 50);
});

test('the puppet server closes with messages still waiting', async () => {
  const server = await startDeviceServer();
  await server.close();
});
