/** A restriction that ends by itself, seen from the device. The server's side is in test/service. */
import assert from 'node:assert/strict';
import test, { describe, type TestContext } from 'node:test';
import { AgentError } from '../../src/agent/error.ts';
import { createMemoryLedger, type Ledger, openFileLedger } from '../../src/agent/ledger.ts';
import type { AgentParts } from '../../src/agent/loop.ts';
import { entryOf } from '../../src/agent/state.ts';
import { FaultSwitchError } from '../../src/agent/step.ts';
import {
  createManualClock,
  createManualUptime,
  createStubDriver,
  startWorld,
  temporaryDirectory,
  verification,
} from './kit.ts';

const AT = '2026-03-02T13:15:20Z';
const HOUR = 3_600_000;
const inSeconds = (seconds: number) => ({ release: { at: AT, inSeconds: seconds } });

/** A device whose restriction ends in an hour, and is proven. */
async function scene(context: TestContext, ledger = createMemoryLedger(), parts: Partial<AgentParts> = {}) {
  const driver = createStubDriver();
  const clock = createManualClock();
  const uptime = createManualUptime(clock);
  const world = await startWorld(context, {
    drivers: [driver],
    clock,
    uptime,
    ledger,
    // Long pauses between the vain attempts to reach the server, or an hour has many of them.
    random: () => 0.99,
    ...parts,
  });
  await world.server.waiting();
  const order = world.server.want('restricted', inSeconds(3600));
  await world.server.report(({ kind }) => kind === 'outcome');
  world.server.change({ status: 'settled', ...inSeconds(3600) });
  await world.server.waiting();
  return { ...world, driver, clock, uptime, order };
}

/** Lets time pass in steps that the keeper asks for, as the real clock would. */
async function passes(clock: ReturnType<typeof createManualClock>, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; ) {
    const step = Math.min(left, await clock.asked((wait) => wait <= 60_000));
    clock.advance(step);
    left -= step;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets the agent work, without time passing, until it is so. */
async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a device without its server', () => {
  test('releases by itself when the time is over, and reports it under the restriction afterwards', async (context) => {
    const { server, driver, clock, order, ledger } = await scene(context);
    const up = server.down();
    await passes(clock, HOUR);
    assert.deepEqual(driver.calls, ['apply restricted', 'verify restricted'], 'not before');
    await passes(clock, 4_000);
    await eventually(() => driver.calls.includes('verify unrestricted'));
    assert.deepEqual(driver.calls.slice(2), ['apply unrestricted', 'verify unrestricted']);
    assert.equal(entryOf(ledger.state(), 'codeExecution')?.released, true);
    up();
    clock.advance(HOUR);
    const report = await server.report(({ kind }) => kind === 'released');
    assert.deepEqual(
      [report.generation, report.actionId, report.observed, report.proven],
      [order.generation, order.actionId, 'unrestricted', true],
    );
    assert.ok((report.evidence?.checks.length ?? 0) > 0);
  });

  test('counts on across a restart of the agent, and loses nothing', async (context) => {
    const ledger = await openFileLedger(await temporaryDirectory(context), assert.fail);
    const first = await scene(context, ledger);
    first.server.down();
    await passes(first.clock, HOUR / 2);
    await first.stop();
    first.clock.advance(HOUR / 2 + 4_000);
    const again = first.restart();
    await again.logged('restriction is over');
    assert.ok(!first.driver.calls.slice(2).includes('apply restricted'), 'not restricted once more before');
  });

  test('counts after a reboot what it is up only, so that the release is late and never early', async (context) => {
    const ledger = createMemoryLedger();
    const first = await scene(context, ledger);
    first.server.down();
    await passes(first.clock, HOUR / 2);
    await first.stop();
    first.clock.advance(10 * HOUR);
    first.uptime.reboot();
    const again = first.restart();
    await again.logged('mode proven');
    const left = entryOf(ledger.state(), 'codeExecution')?.release;
    assert.ok(
      left !== undefined && left.left > HOUR / 2 && left.left < HOUR / 2 + 2 * 60_000,
      `${left?.left}`,
    );
    await passes(first.clock, HOUR / 2 + 3 * 60_000);
    await again.logged('restriction is over');
  });

  test('tries again until the release is proven', async (context) => {
    const { server, driver, clock } = await scene(context);
    server.down();
    driver.onVerify = async () => verification(false, 'the canary is refused still');
    await passes(clock, HOUR + 4_000);
    await eventually(() => driver.calls.includes('verify unrestricted'));
    driver.onVerify = async () => verification(true);
    while (driver.calls.filter((call) => call === 'apply unrestricted').length < 2)
      await passes(clock, 60_000);
    assert.ok(!driver.calls.slice(2).includes('apply restricted'), 'and never restricts meanwhile');
  });
});

describe('a device in trouble', () => {
  for (const step of ['applied', 'verified', 'outcome-recorded']) {
    test(`that dies at ${step} of its own release goes on with it after the restart`, async (context) => {
      const ledger = createMemoryLedger();
      const first = await scene(context, ledger, {
        onStep: (passed) => {
          if (passed === step && entryOf(ledger.state(), 'codeExecution')?.released) throw new Error('died');
        },
      });
      first.server.down();
      await passes(first.clock, HOUR);
      first.clock.advance(4_000);
      await assert.rejects(first.running, FaultSwitchError);
      const again = first.restart({ onStep: () => undefined });
      await eventually(() => entryOf(ledger.state(), 'codeExecution')?.proven === true);
      assert.equal(entryOf(ledger.state(), 'codeExecution')?.observed, 'unrestricted');
      assert.ok(!first.driver.calls.slice(2).includes('apply restricted'));
      assert.equal(again.ledger.state().reports.filter(({ kind }) => kind === 'released').length, 1);
    });
  }

  test('whose ledger cannot be written keeps the restriction, and releases when it can', async (context) => {
    const memory = createMemoryLedger();
    let full = false;
    const ledger: Ledger = {
      state: memory.state,
      update: async (change) => {
        if (full && change(memory.state()) !== memory.state())
          throw new AgentError('ledger', 'The disk is full.');
        await memory.update(change);
      },
    };
    const { server, driver, clock, logged } = await scene(context, ledger);
    server.down();
    full = true;
    await passes(clock, HOUR / 2);
    await logged('the time of a restriction was not noted');
    await passes(clock, HOUR / 2);
    clock.advance(4_000);
    await logged('keeping a control failed');
    assert.deepEqual(driver.calls, ['apply restricted', 'verify restricted']);
    full = false;
    clock.advance(HOUR);
    await eventually(() => driver.calls.includes('verify unrestricted'));
  });
});

describe('a device with its server', () => {
  test('carries the server’s order out when that comes first, and does nothing by itself', async (context) => {
    const { server, driver, clock, ledger } = await scene(context);
    const newer = server.want('unrestricted', { actionId: 'timed release' });
    const outcome = await server.report(({ generation }) => generation === newer.generation);
    await server.report(({ kind, generation }) => kind === 'outcome' && generation === newer.generation);
    assert.equal(outcome.kind, 'accepted');
    assert.equal(entryOf(ledger.state(), 'codeExecution')?.release, undefined);
    await server.waiting();
    clock.advance(2 * HOUR);
    await server.waiting();
    assert.ok(!server.reports.some(({ kind }) => kind === 'released'));
    assert.equal(driver.calls.filter((call) => call === 'apply unrestricted').length, 1);
  });

  test('that still wants the restriction at its time, by a clock that is behind, restricts again', async (context) => {
    const { server, driver, clock } = await scene(context);
    server.change(inSeconds(0));
    await passes(clock, HOUR);
    clock.advance(4_000);
    await server.report(({ kind }) => kind === 'released');
    await server.waiting();
    assert.deepEqual(driver.calls.slice(2), ['apply unrestricted', 'verify unrestricted']);
    server.change(inSeconds(600));
    server.answerNow();
    await server.report(({ kind }) => kind === 'outcome' && driver.calls.length > 4);
    await eventually(() => driver.calls.length >= 6);
    assert.deepEqual(driver.calls.slice(4, 6), ['apply restricted', 'verify restricted']);
  });

  test('never begins a restriction whose time is over', async (context) => {
    const driver = createStubDriver();
    const { server } = await startWorld(context, { drivers: [driver], clock: createManualClock() });
    await server.waiting();
    server.want('restricted', inSeconds(0));
    const report = await server.report(({ kind }) => kind === 'released');
    assert.equal(report.observed, 'unrestricted');
    assert.ok(!driver.calls.includes('apply restricted'));
  });
});
