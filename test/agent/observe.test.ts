import assert from 'node:assert/strict';
import test from 'node:test';
import { createObserveDriver } from '../../src/agent/drivers/observe.ts';

const inner = { name: 'fapolicyd', control: 'codeExecution', version: async () => '1.1.7-5' } as const;

test('the observing driver says what the real one would do, and changes nothing', async () => {
  const driver = createObserveDriver(inner);
  for (const mode of ['restricted', 'unrestricted'] as const) {
    const applied = await driver.apply(mode);
    assert.ok(applied.ok);
    assert.equal(applied.changed, false);
    assert.ok(applied.notes.length > 1);
    assert.ok(applied.notes.every((note) => note.startsWith('fapolicyd would ')));
    assert.equal((await driver.observe()).mode, 'unmanaged');
  }
  assert.equal(await driver.undo(), true);
});

test('the observing driver never proves anything, and says why', async () => {
  const driver = createObserveDriver(inner);
  for (const mode of ['restricted', 'unrestricted'] as const) {
    await driver.apply(mode);
    const { proven, reason, evidence } = await driver.verify(mode);
    assert.equal(proven, false);
    assert.match(reason ?? '', /only observes/);
    assert.deepEqual(evidence.checks, []);
    assert.equal(evidence.driver, 'observe');
    assert.equal(evidence.driverVersion, '1.1.7-5');
  }
});
