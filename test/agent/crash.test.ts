import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { createSimulatedDriver } from '../../src/agent/drivers/simulated.ts';
import { createMemoryLedger, openFileLedger } from '../../src/agent/ledger.ts';
import { STEPS, type Step } from '../../src/agent/step.ts';
import { atEnd } from '../kit/at-end.ts';
import { startDeviceServer } from '../kit/device-server.ts';
import { createStubDriver, startWorld, temporaryDirectory, verification } from './kit.ts';

/** A fault switch that ends the agent the first time it passes a step once it is armed. */
function crashAt(step: Step) {
  let armed = false;
  return {
    arm: () => {
      armed = true;
    },
    onStep: (passed: Step) => {
      if (armed && passed === step) {
        armed = false;
        throw new Error('killed');
      }
    },
  };
}

describe('the agent killed at a step, started again, converges', () => {
  for (const mode of ['restricted', 'unrestricted'] as const) {
    for (const step of STEPS) {
      for (const kind of ['file', 'memory'] as const) {
        test(`${mode} at ${step} with a ${kind} ledger`, async (context) => {
          const directory = await temporaryDirectory(context);
          const open = () => openFileLedger(directory, () => assert.fail('the ledger is whole'));
          const ledger = kind === 'file' ? await open() : createMemoryLedger();
          const driver = createSimulatedDriver();
          const crash = crashAt(step);
          const world = await startWorld(context, { ledger, drivers: [driver], onStep: crash.onStep });
          const { server } = world;
          await server.waiting();
          if (mode === 'unrestricted') {
            server.want('restricted');
            await server.report(({ kind: of }) => of === 'outcome');
            await server.waiting();
          }
          crash.arm();
          const order = server.want(mode);
          await assert.rejects(world.running, /fault switch ended the agent/);
          const reported = server.reports.length;
          await new Promise(setImmediate);
          assert.equal(server.reports.length, reported, 'a dead agent says nothing');

          const again = world.restart(kind === 'file' ? { ledger: await open() } : {});
          const outcome = await server.report(
            (report) => report.kind === 'outcome' && report.generation === order.generation,
          );
          assert.equal(outcome.proven, true);
          assert.equal(outcome.observed, mode);
          await server.waiting();
          assert.equal((await driver.observe()).mode, mode);
          assert.deepEqual(again.ledger.state().reports, []);
          const sequences = server.reports.map(({ sequence }) => sequence);
          assert.deepEqual(
            sequences,
            [...new Set(sequences)].sort((one, other) => one - other),
          );
          const first = server.reports.findIndex(({ generation }) => generation === order.generation);
          assert.equal(server.reports[first]?.kind, 'accepted', 'the acceptance comes before any outcome');
        });
      }
    }
  }
});

describe('after a restart', () => {
  test('a proof that was recorded and not confirmed is made anew before it is reported', async (context) => {
    const driver = createStubDriver();
    const crash = crashAt('outcome-recorded');
    const world = await startWorld(context, { drivers: [driver], onStep: crash.onStep });
    await world.server.waiting();
    crash.arm();
    world.server.want('restricted');
    await assert.rejects(world.running);
    driver.calls.length = 0;
    driver.onVerify = async () => verification(false, 'the reboot lost it');
    world.restart();
    const outcome = await world.server.report(({ kind }) => kind === 'outcome');
    assert.equal(outcome.proven, false);
    assert.equal(outcome.reason, 'the reboot lost it');
    assert.equal(world.server.reports.filter(({ kind }) => kind === 'outcome').length, 1);
  });

  test('a failure that was undone and recorded is reported, not tried again', async (context) => {
    const driver = createStubDriver();
    driver.onVerify = async () => verification(false);
    const crash = crashAt('outcome-recorded');
    const world = await startWorld(context, { drivers: [driver], onStep: crash.onStep });
    await world.server.waiting();
    crash.arm();
    world.server.want('restricted');
    await assert.rejects(world.running);
    driver.calls.length = 0;
    world.restart();
    const outcome = await world.server.report(({ kind }) => kind === 'outcome');
    assert.deepEqual([outcome.proven, outcome.undone], [false, true]);
    await world.server.waiting();
    assert.deepEqual(driver.calls, []);
  });

  test('a restriction that the server has confirmed is put in force and proven again, without its server', async (context) => {
    const driver = createStubDriver();
    const world = await startWorld(context, { drivers: [driver] });
    await world.server.waiting();
    world.server.want('restricted');
    await world.server.report(({ kind }) => kind === 'outcome');
    await world.server.waiting();
    await world.stop();
    driver.calls.length = 0;
    world.server.down();
    const again = world.restart();
    await again.logged('mode proven');
    assert.deepEqual(driver.calls, ['observe', 'apply restricted', 'verify restricted']);
    assert.deepEqual(again.ledger.state().reports, [], 'nothing was amiss, so there is nothing to say');
  });

  test('a restriction that was lost meanwhile is reported as drift and repaired', async (context) => {
    const driver = createStubDriver();
    const world = await startWorld(context, { drivers: [driver] });
    await world.server.waiting();
    world.server.want('restricted');
    await world.server.report(({ kind }) => kind === 'outcome');
    await world.server.waiting();
    await world.stop();
    driver.intact = false;
    world.restart();
    await world.server.report(({ kind, proven }) => kind === 'drift' && proven);
    assert.deepEqual(
      world.server.reports.filter(({ kind }) => kind === 'drift').map(({ proven }) => proven),
      [false, true],
    );
  });

  test('a released device is the owner’s and is not touched', async (context) => {
    const driver = createStubDriver();
    const world = await startWorld(context, { drivers: [driver] });
    await world.server.waiting();
    world.server.want('unrestricted');
    await world.server.report(({ kind }) => kind === 'outcome');
    await world.server.waiting();
    await world.stop();
    driver.calls.length = 0;
    const again = world.restart();
    await world.server.waiting();
    await again.stop();
    assert.deepEqual(driver.calls, []);
  });
});

/** Starts the real agent on a directory, as the service manager would. */
function startProcess(directory: string, environment: Record<string, string> = {}) {
  const program = `
    import { runAgent } from ${JSON.stringify(new URL('../../src/agent/main.ts', import.meta.url).href)};
    const stop = new AbortController();
    process.once('SIGTERM', () => stop.abort());
    await runAgent({ data: ${JSON.stringify(directory)}, logLevel: 'info', waitSeconds: 5 }, stop.signal);
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

describe('the agent’s process killed by SIGKILL', () => {
  for (const step of ['seen', 'intent-recorded', 'outcome-recorded', 'reported'] as const) {
    test(`at ${step}, started again on the same directory, converges`, async (context) => {
      const { enrolAgent } = await import('../../src/agent/main.ts');
      const server = await startDeviceServer();
      atEnd(context, () => server.close());
      const directory = await temporaryDirectory(context);
      const enrolment = {
        url: server.url,
        token: server.token,
        data: directory,
        driver: 'simulated',
        caFile: null,
      };
      await enrolAgent(enrolment, AbortSignal.timeout(10_000));
      const order = server.want('restricted');
      const killed = startProcess(directory, { CORDON_AGENT_CRASH_AT: step });
      const [, signal] = await once(killed, 'exit');
      assert.equal(signal, 'SIGKILL');
      const before = server.reports.at(-1)?.sequence ?? 0;
      const again = startProcess(directory);
      const exit = once(again, 'exit');
      const outcome = await server.report(({ kind, sequence }) => kind === 'outcome' && sequence > before);
      assert.equal(outcome.proven, true);
      assert.equal(outcome.generation, order.generation);
      await server.waiting();
      again.kill('SIGTERM');
      assert.deepEqual(await exit, [0, null], 'it stops in order when it is asked to');
      const ledger = JSON.parse(await readFile(join(directory, 'ledger.json'), 'utf8')) as {
        reports: unknown[];
      };
      assert.deepEqual(ledger.reports, []);
    });
  }
});
