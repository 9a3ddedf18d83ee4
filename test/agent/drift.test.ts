import assert from 'node:assert/strict';
import test, { describe, type TestContext } from 'node:test';
import { APPLIED, createManualClock, createStubDriver, startWorld, verification } from './kit.ts';

/** A device that was restricted and proven, and looks every five seconds. */
async function restricted(context: TestContext) {
  const driver = createStubDriver();
  const clock = createManualClock();
  const world = await startWorld(context, { drivers: [driver], clock, driftSeconds: 5 });
  await world.server.waiting();
  world.server.want('restricted');
  await world.server.report(({ kind }) => kind === 'outcome');
  await clock.asked((milliseconds) => milliseconds === 5000);
  await world.server.waiting();
  driver.calls.length = 0;
  return { driver, clock, ...world };
}

describe('a proven restriction', () => {
  test('is looked at every few seconds, and nothing is said while it holds', async (context) => {
    const { driver, clock, server } = await restricted(context);
    const messages = server.seen.length;
    for (let look = 1; look <= 3; look += 1) {
      clock.advance(5000);
      await clock.asked((milliseconds) => milliseconds === 5000);
      assert.equal(driver.calls.length, look);
    }
    assert.deepEqual(new Set(driver.calls), new Set(['observe']));
    assert.equal(server.seen.length, messages);
  });

  test('that was undone is reported at once, put back, proven and reported again', async (context) => {
    const { driver, clock, server } = await restricted(context);
    driver.intact = false;
    driver.onApply = async () => {
      driver.intact = true;
      return APPLIED;
    };
    clock.advance(5000);
    const found = await server.report(({ kind, proven }) => kind === 'drift' && !proven);
    assert.equal(found.reason, 'the rules were edited');
    const repaired = await server.report(({ kind, proven }) => kind === 'drift' && proven);
    assert.equal(repaired.observed, 'restricted');
    assert.equal(repaired.generation, 1);
    assert.notEqual(repaired.evidence, null);
    assert.deepEqual(driver.calls, ['observe', 'apply restricted', 'verify restricted']);
    await clock.asked((milliseconds) => milliseconds === 5000);
  });

  test('whose repair fails is never undone and is tried again until it holds', async (context) => {
    const { driver, clock, server } = await restricted(context);
    driver.intact = false;
    driver.onVerify = async () => verification(false, 'still runs');
    clock.advance(5000);
    await server.report(({ kind, reason }) => kind === 'drift' && reason === 'still runs');
    await clock.asked((milliseconds) => milliseconds <= 1000);
    driver.onVerify = async () => verification(true);
    clock.advance(1000);
    const repaired = await server.report(({ kind, proven }) => kind === 'drift' && proven);
    assert.equal(repaired.observed, 'restricted');
    assert.ok(!driver.calls.includes('undo'));
  });

  test('is repaired while the server cannot be reached, and told afterwards', async (context) => {
    const { driver, clock, server } = await restricted(context);
    server.fault({ kind: 'status', status: 503, retryAfter: 600 });
    driver.intact = false;
    driver.onApply = async () => {
      driver.intact = true;
      return APPLIED;
    };
    clock.advance(5000);
    await clock.asked((milliseconds) => milliseconds === 600_000);
    await clock.asked((milliseconds) => milliseconds === 5000);
    assert.ok(driver.calls.includes('verify restricted'));
    assert.ok(!server.reports.some(({ kind }) => kind === 'drift'));
    clock.advance(600_000);
    await server.report(({ kind, proven }) => kind === 'drift' && proven);
    assert.deepEqual(
      server.reports.filter(({ kind }) => kind === 'drift').map(({ proven }) => proven),
      [false, true],
    );
  });

  test('is looked at no more once it is released', async (context) => {
    const { driver, clock, server } = await restricted(context);
    server.want('unrestricted');
    await server.report(({ kind, generation }) => kind === 'outcome' && generation === 2);
    await server.waiting();
    driver.calls.length = 0;
    driver.mode = 'unmanaged';
    driver.intact = false;
    clock.advance(60_000);
    await new Promise(setImmediate);
    assert.deepEqual(driver.calls, [], 'an unrestricted control is the owner’s');
  });

  test('that was undone while an order to release arrives is released, not repaired', async (context) => {
    const { driver, clock, server, ledger } = await restricted(context);
    let see: () => void = () => undefined;
    const observe = driver.observe;
    driver.observe = async () => {
      await new Promise<void>((resolve) => {
        see = resolve;
      });
      return observe();
    };
    driver.intact = false;
    clock.advance(5000);
    server.want('unrestricted');
    await server.report(({ kind, generation }) => kind === 'accepted' && generation === 2);
    while (ledger.state().controls[0]?.phase !== 'accepted') await new Promise(setImmediate);
    see();
    await server.report(({ kind, generation }) => kind === 'outcome' && generation === 2);
    assert.ok(!driver.calls.includes('apply restricted'));
  });
});
