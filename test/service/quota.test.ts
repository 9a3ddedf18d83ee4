import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import type { Caller } from '../../src/domain/caller.ts';
import { CordonError } from '../../src/domain/error.ts';
import { createQuota, type Quota, type QuotaOptions } from '../../src/service/quota.ts';

const application = (id: string, tenantId = 'tenant'): Caller => ({
  kind: 'application',
  tenantId,
  id,
  name: id,
  permissions: [],
});
const user = (principal: string): Caller => ({
  kind: 'user',
  tenantId: 'tenant',
  principal,
  name: principal,
  objectId: '',
  groups: [],
  permissions: [],
  administrator: false,
});
const APP = application('one');
const SECOND = 1000;
const quotaOf = (limit: QuotaOptions['limit']): Quota => createQuota({ limit, milliseconds: Date.now });

/** Seconds to wait for the next call, 0 when it was let through. */
async function wait(quota: Quota, caller: Caller, operation: Operation): Promise<number> {
  try {
    await quota.take(caller, operation);
    return 0;
  } catch (error) {
    assert.ok(error instanceof CordonError);
    assert.equal(error.code, 'TooManyRequests');
    assert.match(error.message, /^API calls quota exceeded! maximum allowed \d+ per 0[01]:0[01]:00\.$/);
    return error.retryAfter ?? assert.fail('it says no time');
  }
}

async function times(count: number, quota: Quota, caller: Caller, operation: Operation): Promise<void> {
  for (let call = 1; call <= count; call += 1)
    assert.equal(await wait(quota, caller, operation), 0, `call ${call}`);
}

/** Runs with a time that the test moves. */
function steppedTest(name: string, run: (pass: (seconds: number) => void) => Promise<void>): void {
  test(name, async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 2, 2) });
    try {
      await run((seconds) => mock.timers.tick(seconds * SECOND));
    } finally {
      mock.timers.reset();
    }
  });
}

const vendor: readonly Operation[] = Object.values<Operation>(OPERATIONS).filter(
  ({ base }) => base === 'vendor',
);

steppedTest('every operation of the vendor has 100 calls a minute and 1,500 an hour', async (pass) => {
  const quota = quotaOf(null);
  for (const operation of vendor) await times(100, quota, APP, operation);
  for (const operation of vendor) assert.equal(await wait(quota, APP, operation), 60, operation.id);
  for (let minute = 1; minute < 15; minute += 1) {
    pass(60);
    for (const operation of vendor) await times(100, quota, APP, operation);
  }
  pass(60);
  for (const operation of vendor) assert.equal(await wait(quota, APP, operation), 300, operation.id);
  pass(45 * 60 - 1);
  for (const operation of vendor) assert.equal(await wait(quota, APP, operation), 1);
  pass(1);
  for (const operation of vendor) await times(100, quota, APP, operation);
});

steppedTest('Retry-After is the true time: a second earlier is too early, then it is free', async (pass) => {
  const quota = quotaOf({ perMinute: 3, perHour: 5 });
  const { listMachines } = OPERATIONS;
  await times(1, quota, APP, listMachines);
  pass(20);
  await times(2, quota, APP, listMachines);
  const left = await wait(quota, APP, listMachines);
  assert.equal(left, 40);
  pass(left - 1);
  assert.equal(await wait(quota, APP, listMachines), 1);
  pass(1);
  await times(2, quota, APP, listMachines);
  assert.equal(await wait(quota, APP, listMachines), 300, 'the hour is used up; clients take 300 at most');
});

steppedTest('calls that were refused use nothing up, and hide no longer wait', async (pass) => {
  const quota = quotaOf({ perMinute: 3, perHour: 5 });
  const { listMachines } = OPERATIONS;
  await times(3, quota, APP, listMachines);
  for (let call = 0; call < 50; call += 1) assert.equal(await wait(quota, APP, listMachines), 60);
  pass(60);
  await times(2, quota, APP, listMachines);
  for (let call = 0; call < 50; call += 1) assert.equal(await wait(quota, APP, listMachines), 300);
});

steppedTest('applications, tenants and operations are counted apart', async () => {
  const quota = quotaOf({ perMinute: 2, perHour: 100 });
  const callers = [APP, application('two'), application('one', 'other tenant')];
  for (const caller of callers) {
    for (const operation of [OPERATIONS.restrictCodeExecution, OPERATIONS.unrestrictCodeExecution]) {
      await times(2, quota, caller, operation);
      assert.equal(await wait(quota, caller, operation), 60);
    }
  }
});

steppedTest(
  'a user has 1,200 calls a minute over all operations, whatever the limit of applications',
  async (pass) => {
    const quota = quotaOf({ perMinute: 2, perHour: 3 });
    const [ana, bob] = [user('ana@cordon.test'), user('bob@cordon.test')];
    for (let minute = 0; minute < 3; minute += 1) {
      await times(600, quota, ana, OPERATIONS.listMachines);
      await times(600, quota, ana, OPERATIONS.restrictCodeExecution);
      assert.equal(await wait(quota, ana, OPERATIONS.getMachine), 60);
      await times(1, quota, bob, OPERATIONS.getMachine);
      pass(60);
    }
  },
);

steppedTest(
  'what has no limit in the table is not counted for applications; nothing is when it is off',
  async () => {
    const quota = quotaOf({ perMinute: 1, perHour: 1 });
    await times(50, quota, APP, OPERATIONS.createEnrolmentToken);
    const off = quotaOf('off');
    await times(2000, off, APP, OPERATIONS.listMachines);
    await times(2000, off, user('ana@cordon.test'), OPERATIONS.listMachines);
  },
);

steppedTest('a reset forgets every count', async () => {
  const quota = quotaOf({ perMinute: 1, perHour: 1 });
  await times(1, quota, APP, OPERATIONS.listMachines);
  quota.reset();
  await times(1, quota, APP, OPERATIONS.listMachines);
});
