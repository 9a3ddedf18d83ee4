/** `kill -9` at every step of a switch: what the driver alone, without agent and server, makes of it afterwards. */
import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import {
  CONFIRMING_STEPS,
  RELEASING_STEPS,
  RESTRICTING_STEPS,
} from '../../../src/agent/drivers/fapolicyd/steps.ts';
import { type PuppetMaster, puppetMaster } from '../../kit/fapolicyd-puppet-master.ts';
import { createFapolicydWorld, type FapolicydWorld, whyNoWorld } from '../../kit/fapolicyd-world.ts';

const ON_TRIAL = { trial: 'order' };
const FIRST_CHANGE = RESTRICTING_STEPS.indexOf('restriction-intended');

describe('fapolicyd, killed between steps', { skip: whyNoWorld() ?? false, timeout: 600_000 }, () => {
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
  const assertRefused = async () => assert.equal((await world.tryUntrusted(65_534)).ran, false);

  for (const [index, step] of RESTRICTING_STEPS.entries()) {
    test(`a restriction on trial that died at ${step} is undone by a recovery, once`, async () => {
      await puppet.dieAt(step, 'restricted', ON_TRIAL);
      const found = await puppet.observe();
      assert.equal(found.mode === 'restricted' && found.intact, step === 'restriction-recorded');
      const { outcome, detail } = await puppet.recover();
      assert.equal(outcome, index < FIRST_CHANGE ? 'nothing' : 'undone', detail);
      assert.equal((await puppet.recover()).outcome, 'nothing');
      assert.equal((await puppet.observe()).mode, 'unmanaged');
      await assertOwners();
    });
  }

  test('a restriction that died while it was kept stays, and a recovery does nothing to it', async () => {
    assert.ok((await puppet.apply('restricted', ON_TRIAL)).ok);
    for (const step of CONFIRMING_STEPS) {
      await puppet.dieAt(step, 'confirm');
      assert.equal((await puppet.recover()).outcome, 'nothing', step);
      assert.equal(await puppet.undo(), false, step);
      await assertRefused();
    }
    assert.ok((await puppet.confirm()).ok);
    assert.ok((await puppet.apply('unrestricted')).ok);
    await assertOwners();
  });

  for (const step of RELEASING_STEPS) {
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
