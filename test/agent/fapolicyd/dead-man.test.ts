/** A restriction that nobody confirms, with the real daemon: it is undone by a process that outlives the agent. */
import assert from 'node:assert/strict';
import test, { after, afterEach, before, describe } from 'node:test';
import type { SwitchRecord } from '../../../src/agent/drivers/fapolicyd/record.ts';
import { type PuppetMaster, puppetMaster } from '../../kit/fapolicyd-puppet-master.ts';
import { createFapolicydWorld, type FapolicydWorld, whyNoWorld } from '../../kit/fapolicyd-world.ts';
import { until } from '../../kit/processes.ts';

const ON_TRIAL = { trial: 'order' };

describe('a restriction on trial', { skip: whyNoWorld() ?? false, timeout: 300_000 }, () => {
  let world: FapolicydWorld;
  let puppet: PuppetMaster;
  let owners: string;
  let state: string;

  before(async () => {
    world = await createFapolicydWorld();
    puppet = puppetMaster(world);
    owners = await world.configuration();
    state = world.inside.stateDirectory;
  });
  after(() => world[Symbol.asyncDispose]());

  const sh = async (script: string) => (await world.run(['/usr/bin/sh', '-c', script])).stdout.trim();
  const record = async () => JSON.parse(await sh(`cat ${state}/fapolicyd-record.json`)) as SwitchRecord;
  /** Nothing is left of a first one; a later one leaves the word that the device was released before. */
  const isUndone = async () => !(await sh(`cat ${state}/fapolicyd-record.json`)).includes('"restricted"');
  const deadMen = async () =>
    (await sh('grep -l [f]apolicyd-puppet /proc/[0-9]*/cmdline || true')).split('\n').filter(Boolean);
  /** The dead-man looks into the record every second. */
  const timeIsOver = () => sh(`sed -i 's/"deadline":[0-9.]*/"deadline":0/' ${state}/fapolicyd-record.json`);
  const assertOwners = async () => {
    assert.equal(await world.configuration(), owners);
    assert.deepEqual(await world.daemons(), []);
    assert.equal((await world.tryUntrusted(65_534)).ran, true);
  };
  afterEach(async () => {
    await puppet.apply('unrestricted');
    await until('no dead-man is left', async () => (await deadMen()).length === 0);
  });

  test('that is not confirmed in time is undone, though its agent is dead, and the agent can say why', async () => {
    await puppet.dieAt('restriction-recorded', 'restricted', ON_TRIAL);
    assert.equal((await world.tryUntrusted(65_534)).ran, false);
    await timeIsOver();
    await until('the dead-man undoes it', isUndone);
    await until('the dead-man has ended', async () => (await deadMen()).length === 0);
    await assertOwners();
    assert.match((await puppet.ended('order')) ?? '', /not confirmed in time/);
    assert.equal(await puppet.ended('another'), null);
  });

  test('is undone though its agent hangs in the middle of the switch and holds the lock', async () => {
    const hung = puppet.hangAt('enforcer-switched', 'restricted', ON_TRIAL);
    try {
      await until('it hangs', async () => !(await world.tryUntrusted(65_534)).ran);
      await timeIsOver();
      await until('the dead-man undoes it', isUndone);
      await until('the dead-man has ended', async () => (await deadMen()).length === 1);
      await assertOwners();
    } finally {
      await hung.end();
    }
  });

  test('that is confirmed is kept: its dead-man ends and undoes nothing', async () => {
    assert.ok((await puppet.apply('restricted', ON_TRIAL)).ok);
    assert.equal((await deadMen()).length, 1);
    assert.notEqual((await record()).trial, null);
    assert.ok((await puppet.confirm()).ok);
    await until('the dead-man has ended', async () => (await deadMen()).length === 0);
    assert.equal((await record()).trial, null);
    assert.equal((await world.tryUntrusted(65_534)).ran, false);
  });

  test('that another agent process takes up gets a new dead-man and its whole time', async () => {
    await puppet.dieAt('restriction-recorded', 'restricted', ON_TRIAL);
    const first = await record();
    assert.ok((await puppet.apply('restricted', ON_TRIAL)).ok);
    const second = await record();
    assert.notEqual(second.trial?.id, first.trial?.id);
    assert.ok(second.trial!.deadline >= first.trial!.deadline);
    assert.equal((await deadMen()).length, 1);
  });

  test('that the device was restarted in is undone at boot, whatever time is left', async () => {
    await puppet.dieAt('restriction-recorded', 'restricted', ON_TRIAL);
    await puppet.killAll();
    await sh(`sed -i 's/"boot":"[^"]*"/"boot":"another"/g' ${state}/fapolicyd-record.json`);
    await world.killDaemon();
    const { outcome, detail } = await puppet.recover();
    assert.equal(outcome, 'undone');
    assert.match(detail, /restarted before/);
    await assertOwners();
  });

  test('that was kept before the device restarted is in force with the enforcer that the boot started', async () => {
    assert.ok((await puppet.apply('restricted', ON_TRIAL)).ok);
    assert.ok((await puppet.confirm()).ok);
    await sh(`sed -i 's/"boot":"[^"]*"/"boot":"another"/g' ${state}/fapolicyd-record.json`);
    await world.killDaemon();
    await sh('while pidof fapolicyd; do :; done; rm -f /run/fapolicyd.pid; fapolicyd');
    const [started] = await world.daemons();
    await until('it watches', async () => !(await world.tryUntrusted(65_534)).ran);
    assert.equal((await puppet.observe()).intact, true);
    assert.ok((await puppet.apply('restricted')).ok);
    assert.equal((await puppet.verify('restricted')).proven, true);
    assert.deepEqual(await world.daemons(), [started], 'it is not started again');
    await world.killDaemon();
    await sh('while pidof fapolicyd; do :; done; rm -f /run/fapolicyd.pid; fapolicyd');
    assert.match((await puppet.observe()).detail, /started by somebody else/);
  });
});
