import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { Applied } from '../../src/agent/drivers/driver.ts';
import { createSimulatedDriver } from '../../src/agent/drivers/simulated.ts';
import { createMemoryLedger } from '../../src/agent/ledger.ts';
import { deviceFacts } from '../kit/device.ts';
import { APPLIED, createManualClock, createStubDriver, startWorld, verification } from './kit.ts';

describe('an order', () => {
  test('is accepted before the device begins, and proven afterwards', async (context) => {
    const driver = createStubDriver();
    const { server } = await startWorld(context, { drivers: [driver] });
    await server.waiting();
    const begun: number[] = [];
    driver.onApply = async () => {
      begun.push(server.reports.filter(({ kind }) => kind === 'accepted').length);
      return APPLIED;
    };
    const order = server.want('restricted');
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.deepEqual(begun, [1], 'the server knew before the driver was called');
    assert.deepEqual(driver.calls, ['apply restricted', 'verify restricted']);
    assert.equal(outcome.proven, true);
    assert.equal(outcome.observed, 'restricted');
    assert.equal(outcome.generation, order.generation);
    assert.equal(outcome.actionId, order.actionId);
    assert.deepEqual(outcome.evidence?.took, { apply: 1, verify: 2 });
  });

  test('is not begun while the server cannot be told so', async (context) => {
    const driver = createStubDriver();
    const { server, logged, ledger } = await startWorld(context, { drivers: [driver] });
    await server.waiting();
    server.fault({ kind: 'status', status: 503, retryAfter: 3600 });
    server.want('restricted');
    await logged('exchange failed');
    assert.deepEqual(driver.calls, []);
    assert.equal(ledger.state().controls[0]?.phase, 'seen');
    assert.deepEqual(server.reports, []);
  });

  test('that was replaced before it was accepted is never begun', async (context) => {
    const driver = createStubDriver();
    const { server } = await startWorld(context, { drivers: [driver] });
    await server.waiting();
    const open = server.hold();
    server.want('restricted');
    await server.message(({ reports }) => reports.some(({ kind }) => kind === 'accepted'));
    const newer = server.want('unrestricted');
    open();
    await server.report(({ kind, generation }) => kind === 'outcome' && generation === newer.generation);
    assert.deepEqual(driver.calls, ['apply unrestricted', 'verify unrestricted']);
    assert.deepEqual(
      server.reports.map(({ kind, generation }) => `${kind} ${generation}`),
      ['accepted 1', 'accepted 2', 'outcome 2'],
    );
  });

  test('that comes while another is applied waits until that one is reported', async (context) => {
    const driver = createStubDriver();
    let finish: (applied: Applied) => void = () => undefined;
    const clock = createManualClock();
    const { server } = await startWorld(context, { drivers: [driver], clock });
    await server.waiting();
    driver.onApply = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    server.want('restricted');
    await clock.asked((milliseconds) => milliseconds === 1000);
    clock.advance(1000);
    await server.waiting();
    const newer = server.want('unrestricted');
    await clock.asked((milliseconds) => milliseconds === 1000);
    clock.advance(1000);
    await server.message(({ known }) => known.some(({ generation }) => generation === newer.generation));
    assert.deepEqual(driver.calls, ['apply restricted'], 'the driver is never called twice at a time');
    driver.onApply = async () => APPLIED;
    finish(APPLIED);
    await server.report(({ kind, generation }) => kind === 'outcome' && generation === newer.generation);
    assert.deepEqual(
      server.reports.map(({ kind, generation }) => `${kind} ${generation}`),
      ['accepted 1', 'outcome 1', 'accepted 2', 'outcome 2'],
    );
  });

  test('that hangs in the driver leaves the device visible, and its report waits for no poll', async (context) => {
    const driver = createStubDriver();
    const clock = createManualClock();
    const { server, log } = await startWorld(context, { drivers: [driver], clock });
    await server.waiting();
    let finish: (applied: Applied) => void = () => undefined;
    driver.onApply = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    server.want('restricted');
    for (let beat = 0; beat < 3; beat += 1) {
      await clock.asked((milliseconds) => milliseconds === 1000);
      const before = server.seen.length;
      clock.advance(1000);
      await server.message(() => server.seen.length > before);
      await server.waiting();
      assert.ok((server.seen.at(-1)?.request.waitSeconds ?? 0) > 0);
      if (beat < 2) server.answerNow();
    }
    finish(APPLIED);
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.equal(outcome.proven, true);
    assert.ok(!log.some(({ event }) => event === 'exchange failed'), 'an interrupted poll is no failure');
  });

  test('for a control without a driver here fails with that reason', async (context) => {
    const { server } = await startWorld(context, { drivers: [] });
    await server.waiting();
    server.want('restricted');
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.equal(outcome.proven, false);
    assert.equal(outcome.undone, true);
    assert.match(outcome.reason ?? '', /no driver for codeExecution/);
  });

  test('is carried out within 50 ms at the median with an idle device and no delay', async (context) => {
    const { server } = await startWorld(context);
    const times: number[] = [];
    for (let index = 0; index < 31; index += 1) {
      await server.waiting();
      const started = performance.now();
      const order = server.want(index % 2 === 0 ? 'restricted' : 'unrestricted');
      await server.report(({ kind, generation }) => kind === 'outcome' && generation === order.generation);
      times.push(performance.now() - started);
    }
    const median = times.sort((one, other) => one - other)[15] ?? Number.POSITIVE_INFINITY;
    assert.ok(median < 50, `${median} ms`);
  });

  test('needs three messages: the acceptance, the outcome and the next poll', async (context) => {
    const { server } = await startWorld(context);
    await server.waiting();
    const before = server.seen.length;
    server.want('restricted');
    await server.report(({ kind }) => kind === 'outcome');
    await server.message(({ waitSeconds }) => waitSeconds > 0 && server.seen.length === before + 3);
    assert.equal(new Set(server.seen.map(({ connection }) => connection)).size, 1, 'over one connection');
  });
});

describe('unmanaged', () => {
  test('on a device that was never touched touches nothing and is proven at once', async (context) => {
    const driver = createStubDriver();
    const { server } = await startWorld(context, { drivers: [driver] });
    await server.waiting();
    server.want('unmanaged', { actionId: null, status: 'settled' });
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.equal(outcome.observed, 'unmanaged');
    assert.equal(outcome.proven, true);
    assert.deepEqual(driver.calls, ['observe'], 'looked, and changed nothing');
    assert.equal(server.reports.length, 1);
  });

  test('after a restriction puts the owner’s state back', async (context) => {
    const driver = createStubDriver();
    const { server, ledger } = await startWorld(context, { drivers: [driver] });
    await server.waiting();
    server.want('restricted');
    await server.report(({ kind }) => kind === 'outcome');
    server.want('unmanaged', { actionId: null, status: 'settled' });
    const outcome = await server.report(({ kind, generation }) => kind === 'outcome' && generation === 2);
    assert.equal(outcome.observed, 'unmanaged');
    assert.equal(outcome.proven, true);
    assert.deepEqual(driver.calls.slice(2), ['apply unrestricted', 'verify unrestricted']);
    assert.equal(ledger.state().controls[0]?.touched, false);
  });

  test('puts back what the driver’s own marker shows though the ledger was lost', async (context) => {
    const driver = createStubDriver();
    driver.mode = 'restricted';
    const { server } = await startWorld(context, { drivers: [driver] });
    await server.waiting();
    server.want('unmanaged', { actionId: null, status: 'settled' });
    await server.report(({ kind }) => kind === 'outcome');
    assert.ok(driver.calls.includes('apply unrestricted'));
  });
});

describe('a failed proof', () => {
  test('of the first switch of a restriction is undone', async (context) => {
    const driver = createStubDriver();
    driver.onVerify = async () => verification(false);
    const { server } = await startWorld(context, { drivers: [driver] });
    await server.waiting();
    server.want('restricted');
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.deepEqual(
      [outcome.proven, outcome.undone, outcome.observed, outcome.reason],
      [false, true, 'unmanaged', 'the canary ran'],
    );
    assert.deepEqual(driver.calls, ['apply restricted', 'verify restricted', 'undo', 'observe']);
  });

  test('that cannot be undone says so, and is tried again', async (context) => {
    const driver = createStubDriver();
    const clock = createManualClock();
    driver.onVerify = async () => verification(false);
    driver.onUndo = async () => false;
    const { server } = await startWorld(context, { drivers: [driver], clock });
    await server.waiting();
    server.want('restricted');
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.deepEqual([outcome.undone, outcome.observed], [false, 'restricted']);
    driver.onVerify = async () => verification(true);
    await clock.asked((milliseconds) => milliseconds <= 1000);
    clock.advance(1000);
    const late = await server.report(({ kind, proven }) => kind === 'outcome' && proven);
    assert.equal(late.generation, outcome.generation);
    assert.equal(driver.calls.filter((call) => call === 'undo').length, 1, 'only the first switch is undone');
  });

  test('of a settled restriction is never undone, tried again, and reported once per reason', async (context) => {
    const driver = createStubDriver();
    const clock = createManualClock();
    driver.onVerify = async () => verification(false);
    const { server } = await startWorld(context, { drivers: [driver], clock });
    await server.waiting();
    server.want('restricted', { status: 'settled' });
    await server.report(({ kind }) => kind === 'outcome');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const before = driver.calls.length;
      await clock.asked((milliseconds) => milliseconds <= 1000);
      clock.advance(1000);
      while (driver.calls.length === before) await new Promise(setImmediate);
    }
    driver.onVerify = async () => verification(true);
    await clock.asked((milliseconds) => milliseconds <= 1000);
    clock.advance(1000);
    await server.report(({ proven }) => proven);
    assert.ok(!driver.calls.includes('undo'));
    assert.equal(server.reports.filter(({ kind, proven }) => kind === 'outcome' && !proven).length, 1);
  });

  test('of a second restriction over one in force is not undone, since that would release the device', async (context) => {
    const driver = createStubDriver();
    const { server } = await startWorld(context, { drivers: [driver] });
    await server.waiting();
    server.want('restricted');
    await server.report(({ kind }) => kind === 'outcome');
    driver.onVerify = async () => verification(false);
    server.want('restricted');
    const outcome = await server.report(({ kind, generation }) => kind === 'outcome' && generation === 2);
    assert.equal(outcome.undone, false);
    assert.ok(!driver.calls.includes('undo'));
  });

  test('of a release waits for the server, which decides', async (context) => {
    const driver = createStubDriver();
    const clock = createManualClock();
    const { server } = await startWorld(context, { drivers: [driver], clock });
    await server.waiting();
    server.want('restricted');
    await server.report(({ kind }) => kind === 'outcome');
    driver.onApply = async () => ({ ok: false, reason: 'stuck', undone: true, took: {}, notes: [] });
    server.want('unrestricted');
    const outcome = await server.report(({ kind, generation }) => kind === 'outcome' && generation === 2);
    assert.deepEqual([outcome.proven, outcome.undone, outcome.observed], [false, true, 'restricted']);
    const calls = driver.calls.length;
    await server.waiting();
    assert.equal(driver.calls.length, calls);
    driver.onApply = async () => APPLIED;
    server.want('restricted', { status: 'settled', actionId: null });
    const back = await server.report(({ kind, generation }) => kind === 'outcome' && generation === 3);
    assert.equal(back.proven, true);
  });

  test('by a driver that throws is a failure with its reason, and no end of the agent', async (context) => {
    const driver = createStubDriver();
    driver.onApply = () => Promise.reject(new Error('bug\0here'));
    driver.onUndo = () => Promise.reject(new Error('again'));
    const { server } = await startWorld(context, { drivers: [driver] });
    await server.waiting();
    server.want('restricted');
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.match(outcome.reason ?? '', /broke off.*bug.here/);
    assert.equal(outcome.undone, false);
    assert.equal(outcome.proven, false);
  });
});

describe('simulated behaviours', () => {
  test('failing fails every action, undone', async (context) => {
    const { server } = await startWorld(context, {
      drivers: [createSimulatedDriver({ behaviour: 'failing' })],
    });
    await server.waiting();
    server.want('restricted');
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.deepEqual([outcome.proven, outcome.undone, outcome.observed], [false, true, 'unmanaged']);
    server.want('unmanaged', { status: 'settled', actionId: null });
    const after = await server.report(({ generation, kind }) => kind === 'outcome' && generation === 2);
    assert.equal(after.proven, true, 'what was undone needs nothing put back');
  });

  test('silent accepts each order and never reports the present one', async (context) => {
    const clock = createManualClock();
    const { server } = await startWorld(context, {
      drivers: [createSimulatedDriver({ behaviour: 'silent' })],
      clock,
    });
    await server.waiting();
    for (const generation of [1, 2, 3]) {
      server.want(generation === 2 ? 'unrestricted' : 'restricted');
      await server.report((report) => report.kind === 'accepted' && report.generation === generation);
      await clock.asked((milliseconds) => milliseconds === 1000);
      assert.ok(
        !server.reports.some((report) => report.kind === 'outcome' && report.generation === generation),
      );
      clock.advance(1000);
      await server.waiting();
    }
  });

  test('slow takes ten seconds longer', async (context) => {
    const clock = createManualClock();
    const driver = createSimulatedDriver({ behaviour: 'slow', delayMs: 200, clock });
    const applied = driver.apply('restricted');
    assert.equal(await clock.asked(() => true), 10_200);
    clock.advance(10_200);
    assert.equal((await applied).ok, true);
    context.diagnostic('no real time passes');
  });

  test('stopping ends a device in the middle of a slow switch at once', async (context) => {
    const { server, stop, ledger } = await startWorld(context, {
      drivers: [createSimulatedDriver({ behaviour: 'slow' })],
    });
    await server.waiting();
    server.want('restricted');
    await server.report(({ kind }) => kind === 'accepted');
    await server.message(() => ledger.state().controls[0]?.phase === 'accepted' || server.reports.length > 0);
    await stop();
    assert.ok(!server.reports.some(({ kind }) => kind === 'outcome'));
  });
});

describe('presence', () => {
  test('never: the device is not heard of', async (context) => {
    const { server, stop } = await startWorld(context, { presence: 'never' });
    server.want('restricted');
    await stop();
    assert.equal(server.seen.length, 0);
  });

  test('away: it says what it has, carries out what it hears, and is away again', async (context) => {
    const clock = createManualClock();
    const { server } = await startWorld(context, { presence: { awaySeconds: 5 }, clock });
    await clock.asked((milliseconds) => milliseconds === 5000);
    server.want('restricted');
    const before = server.seen.length;
    await new Promise(setImmediate);
    assert.equal(server.seen.length, before, 'nothing reaches it while it is away');
    clock.advance(5000);
    const outcome = await server.report(({ kind }) => kind === 'outcome');
    assert.equal(outcome.proven, true);
    await clock.asked((milliseconds) => milliseconds === 5000);
    assert.ok(server.seen.every(({ request }) => request.waitSeconds === 0));
  });
});

describe('facts', () => {
  test('are told once, and again when they changed', async (context) => {
    const clock = createManualClock();
    let facts = deviceFacts('one.cordon.test');
    const { server } = await startWorld(context, { facts: async () => facts, clock });
    await server.waiting();
    const told = () => server.seen.flatMap(({ request }) => request.facts?.computerDnsName ?? []);
    assert.deepEqual(told(), ['one.cordon.test']);
    server.want('restricted');
    await server.report(({ kind }) => kind === 'outcome');
    await server.waiting();
    assert.deepEqual(told(), ['one.cordon.test']);
    facts = deviceFacts('two.cordon.test');
    clock.advance(16 * 60_000);
    server.want('unrestricted');
    await server.report(({ kind, generation }) => kind === 'outcome' && generation === 2);
    await server.waiting();
    assert.deepEqual(told(), ['one.cordon.test', 'two.cordon.test']);
  });

  test('that cannot be gathered stop nothing', async (context) => {
    const { server } = await startWorld(context, { facts: () => Promise.reject(new Error('no network')) });
    await server.waiting();
    server.want('restricted');
    assert.equal((await server.report(({ kind }) => kind === 'outcome')).proven, true);
  });
});

test('a device whose ledger was lost counts its reports on from what the server has', async (context) => {
  const { server } = await startWorld(context, { ledger: createMemoryLedger() });
  server.setReceived(40);
  await server.waiting();
  server.want('restricted');
  const outcome = await server.report(({ kind }) => kind === 'outcome');
  assert.ok(outcome.sequence > 40);
});
