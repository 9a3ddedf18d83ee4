/** A first restriction is on trial: kept when it is proven and the server still answers, undone otherwise, and only then. */
import assert from 'node:assert/strict';
import test, { describe, type TestContext } from 'node:test';
import type { Confirmed, Trials } from '../../src/agent/drivers/driver.ts';
import { atEnd } from '../kit/at-end.ts';
import { createManualClock, createStubDriver, type StubDriver, startWorld, verification } from './kit.ts';

/** A driver that tries restrictions out; what it answers is replaced by assignment. */
interface TrialDriver extends StubDriver {
  readonly trials: Trials;
  /** Orders that were on trial, in the order of the calls; null for none. */
  readonly orders: (string | null)[];
  onConfirm: () => Promise<Confirmed>;
  onEnded: (order: string) => Promise<string | null>;
}

function createTrialDriver(): TrialDriver {
  const stub = createStubDriver();
  const orders: (string | null)[] = [];
  const apply = stub.apply;
  const driver: TrialDriver = Object.assign(stub, {
    orders,
    onConfirm: async (): Promise<Confirmed> => ({ ok: true, took: { kept: 3 }, notes: ['kept'] }),
    onEnded: async (_order: string): Promise<string | null> => null,
    apply: async (mode: Parameters<typeof apply>[0], order: string | null = null) => {
      orders.push(order);
      return apply(mode);
    },
    trials: {
      confirm: () => {
        stub.calls.push('confirm');
        return driver.onConfirm();
      },
      ended: (order: string) => driver.onEnded(order),
      recover: async () => assert.fail('the agent recovers nothing'),
      guard: async () => assert.fail('the agent guards nothing'),
    },
  });
  return driver;
}

async function prepared(context: TestContext) {
  const driver = createTrialDriver();
  const clock = createManualClock();
  const world = await startWorld(context, { drivers: [driver], clock, driftSeconds: 5 });
  await world.server.waiting();
  return { driver, clock, ...world };
}

const isOutcome = ({ kind }: { kind: string }) => kind === 'outcome';

describe('a first restriction', () => {
  test('is kept after its proof, once the server has answered over a new connection', async (context) => {
    const { driver, server } = await prepared(context);
    let connections: Set<string> = new Set();
    driver.onVerify = async () => {
      connections = new Set(server.seen.map(({ connection }) => connection));
      return verification(true);
    };
    driver.onConfirm = async () => {
      assert.ok(!connections.has(server.seen.at(-1)!.connection), 'the way is tried, not the old connection');
      return { ok: true, took: { kept: 3 }, notes: ['kept'] };
    };
    server.want('restricted');
    const outcome = await server.report(isOutcome);
    assert.equal(outcome.proven, true, outcome.reason ?? '');
    assert.deepEqual(driver.calls, ['apply restricted', 'verify restricted', 'confirm']);
    assert.match(driver.orders[0] ?? '', /codeExecution\/1$/);
    assert.deepEqual(
      outcome.evidence?.checks.map(({ name, observed }) => [name, observed]),
      [
        ['canary', 'refused'],
        ['server', 'reached'],
      ],
    );
    assert.deepEqual([outcome.evidence?.took.kept, outcome.evidence?.notes], [3, ['kept']]);
  });

  test('that cuts the device off its server is undone, and says so when the server is there again', async (context) => {
    const { driver, clock, server } = await prepared(context);
    let up: () => void = () => undefined;
    driver.onVerify = async () => {
      up = server.down();
      return verification(true);
    };
    server.want('restricted');
    await clock.asked((milliseconds) => milliseconds === 10_000);
    clock.advance(10_000);
    while (!driver.calls.includes('undo')) await new Promise(setImmediate);
    up();
    const reported = server.report(isOutcome);
    const moving = setInterval(() => clock.advance(60_000), 20);
    atEnd(context, () => clearInterval(moving));
    const outcome = await reported;
    assert.deepEqual([outcome.proven, outcome.undone, outcome.observed], [false, true, 'unmanaged']);
    assert.match(outcome.reason ?? '', /could not reach its server/);
    assert.ok(!driver.calls.includes('confirm'));
  });

  test('is kept when the server refuses: whoever stands in the way must not be able to free the device', async (context) => {
    const { driver, server } = await prepared(context);
    driver.onVerify = async () => {
      server.fault({ kind: 'status', status: 503 });
      return verification(true);
    };
    server.want('restricted');
    while (!driver.calls.includes('confirm')) await new Promise(setImmediate);
    assert.ok(!driver.calls.includes('undo'));
  });

  test('whose confirmation fails is undone', async (context) => {
    const { driver, server } = await prepared(context);
    driver.onConfirm = async () => ({ ok: false, reason: 'the disk is full' });
    server.want('restricted');
    const outcome = await server.report(isOutcome);
    assert.deepEqual([outcome.proven, outcome.undone, outcome.reason], [false, true, 'the disk is full']);
  });

  test('that somebody else has undone ends as that, and is not tried again', async (context) => {
    const { driver, server } = await prepared(context);
    driver.onEnded = async (order) => (order.endsWith('/1') ? 'The dead-man undid it.' : null);
    server.want('restricted');
    const outcome = await server.report(isOutcome);
    assert.deepEqual(
      [outcome.proven, outcome.undone, outcome.reason],
      [false, true, 'The dead-man undid it.'],
    );
    assert.ok(!driver.calls.includes('apply restricted'));
    server.want('restricted');
    const next = await server.report(({ kind, generation }) => kind === 'outcome' && generation === 2);
    assert.equal(next.proven, true, 'a new order is a new trial');
  });
});

describe('a restriction that was kept', () => {
  test('is repaired without a trial, whether the server answers or not, and never undone', async (context) => {
    const { driver, clock, server } = await prepared(context);
    server.want('restricted');
    await server.report(isOutcome);
    await clock.asked((milliseconds) => milliseconds === 5000);
    await server.waiting();
    server.down();
    driver.calls.length = 0;
    driver.intact = false;
    driver.onVerify = async () => {
      driver.intact = true;
      return verification(true);
    };
    clock.advance(5000);
    while (!driver.calls.includes('confirm')) await new Promise(setImmediate);
    assert.deepEqual(driver.calls, ['observe', 'apply restricted', 'verify restricted', 'confirm']);
    assert.deepEqual(driver.orders.at(-1), null);
    assert.ok(!driver.calls.includes('undo'));
  });

  test('is looked at at once when a glance shows that its enforcer is gone', async (context) => {
    const { driver, clock, server } = await prepared(context);
    let alive = true;
    let glances = 0;
    Object.assign(driver, {
      glance: async () => {
        glances += 1;
        return alive;
      },
    });
    server.want('restricted');
    await server.report(isOutcome);
    await clock.asked((milliseconds) => milliseconds === 1000);
    driver.calls.length = 0;
    clock.advance(1000);
    await clock.asked((milliseconds) => milliseconds === 1000);
    assert.deepEqual([glances, driver.calls], [1, []]);
    alive = false;
    driver.intact = false;
    clock.advance(1000);
    const found = await server.report(({ kind }) => kind === 'drift');
    assert.deepEqual([found.proven, found.reason], [false, 'the rules were edited']);
  });

  test('holds over a jump of the time of day, in either direction', async (context) => {
    const { driver, clock, server, ledger } = await prepared(context);
    server.want('restricted');
    await server.report(isOutcome);
    await clock.asked((milliseconds) => milliseconds === 5000);
    driver.calls.length = 0;
    for (const now of [0, Date.UTC(2100, 0, 1)]) {
      context.mock.timers.enable({ apis: ['Date'], now });
      clock.advance(5000);
      await clock.asked((milliseconds) => milliseconds === 5000);
      context.mock.timers.reset();
    }
    assert.deepEqual(driver.calls, ['observe', 'observe']);
    assert.equal(ledger.state().controls[0]?.proven, true);
  });

  test('is repaired on a full disk, and the drift is told when there is room', async (context) => {
    const { driver, clock, server, ledger } = await prepared(context);
    server.want('restricted');
    await server.report(isOutcome);
    await clock.asked((milliseconds) => milliseconds === 5000);
    await server.waiting();
    const update = ledger.update;
    Object.assign(ledger, { update: async () => Promise.reject(new Error('no space left')) });
    driver.calls.length = 0;
    driver.intact = false;
    driver.onVerify = async () => {
      driver.intact = true;
      return verification(true);
    };
    clock.advance(5000);
    while (!driver.calls.includes('confirm')) await new Promise(setImmediate);
    Object.assign(ledger, { update });
    const moving = setInterval(() => clock.advance(1000), 20);
    atEnd(context, () => clearInterval(moving));
    const repaired = await server.report(({ kind, proven }) => kind === 'drift' && proven);
    assert.equal(repaired.observed, 'restricted');
    assert.deepEqual(
      server.reports.filter(({ kind }) => kind === 'drift').map(({ proven }) => proven),
      [false, true],
    );
  });
});
