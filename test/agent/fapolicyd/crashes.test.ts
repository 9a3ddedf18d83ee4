/** The driver killed between any two steps, against the real daemon. */
import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import type { FapolicydStep } from '../../../src/agent/drivers/fapolicyd/steps.ts';
import { type PuppetMaster, puppetMaster } from '../../kit/fapolicyd-puppet-master.ts';
import { createFapolicydWorld, type FapolicydWorld, whyNoWorld } from '../../kit/fapolicyd-world.ts';

const RESTRICTING: readonly FapolicydStep[] = [
  'trust-listed',
  'baseline-recorded',
  'restriction-intended',
  'trust-written',
  'rules-written',
  'trust-checked',
  'configuration-written',
  'settings-written',
  'enforcer-switched',
  'restriction-recorded',
];
const RELEASING: readonly FapolicydStep[] = [
  'release-intended',
  'enforcer-stopped',
  'settings-restored',
  'files-restored',
  'service-restored',
  'release-recorded',
];

describe('fapolicyd, killed between steps', { skip: whyNoWorld() ?? false, timeout: 300_000 }, () => {
  let world: FapolicydWorld;
  let puppet: PuppetMaster;
  let owners: string;
  let settings: Record<string, string>;

  before(async () => {
    world = await createFapolicydWorld();
    puppet = puppetMaster(world);
    owners = await world.configuration();
    settings = await world.sysctls();
  });
  after(() => world[Symbol.asyncDispose]());

  const assertOwners = async () => {
    assert.equal(await world.configuration(), owners);
    assert.deepEqual(await world.daemons(), []);
    assert.deepEqual(await world.sysctls(), settings);
    assert.equal((await world.tryUntrusted(65_534)).ran, true);
  };

  for (const step of RESTRICTING) {
    test(`a restriction that died at ${step} is completed by a second one, and undone by an undo`, async () => {
      await puppet.dieAt(step, 'restricted');
      const found = await puppet.observe();
      assert.equal(found.mode === 'restricted' && found.intact, step === 'restriction-recorded');
      const applied = await puppet.apply('restricted');
      assert.ok(applied.ok, JSON.stringify(applied));
      assert.equal((await puppet.verify('restricted')).proven, true);
      assert.equal(await puppet.undo(), true);
      assert.equal((await puppet.observe()).mode, 'unmanaged');
      await assertOwners();
    });
  }

  for (const step of RESTRICTING.slice(2)) {
    test(`a restriction that died at ${step} is taken back by an undo alone`, async () => {
      await puppet.dieAt(step, 'restricted');
      assert.equal(await puppet.undo(), true);
      await assertOwners();
    });
  }

  for (const step of RELEASING) {
    test(`a release that died at ${step} is completed by a second one`, async () => {
      assert.ok((await puppet.apply('restricted')).ok);
      await puppet.dieAt(step, 'unrestricted');
      const applied = await puppet.apply('unrestricted');
      assert.ok(applied.ok, JSON.stringify(applied));
      assert.equal((await puppet.verify('unrestricted')).proven, true);
      await assertOwners();
    });
  }

  test('a release that died is followed by a new restriction, which does not take our files for the owner’s', async () => {
    assert.ok((await puppet.apply('restricted')).ok);
    await puppet.dieAt('enforcer-stopped', 'unrestricted');
    assert.ok((await puppet.apply('restricted')).ok);
    assert.equal((await puppet.verify('restricted')).proven, true);
    assert.ok((await puppet.apply('unrestricted')).ok);
    await assertOwners();
  });

  test('without its record a restriction is not taken for the owner’s state', async () => {
    assert.ok((await puppet.apply('restricted')).ok);
    const state = world.inside.stateDirectory;
    await world.run(['/usr/bin/mv', state, `${state}.away`]);
    const observed = await puppet.observe();
    assert.deepEqual([observed.mode, observed.intact], ['restricted', false]);
    const applied = await puppet.apply('restricted');
    assert.ok(!applied.ok);
    assert.match(applied.reason, /its record in .* is gone/);
    assert.equal(applied.undone, false);
    await world.run(['/usr/bin/sh', '-c', `rm -r ${state}; mv ${state}.away ${state}`]);
    assert.ok((await puppet.apply('unrestricted')).ok);
    await assertOwners();
  });
});
