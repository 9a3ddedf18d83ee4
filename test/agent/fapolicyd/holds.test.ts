/** A device at its worst, with the real daemon: full disks, a read-only /etc, files that somebody removed or edited. */
import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { type PuppetMaster, puppetMaster } from '../../kit/fapolicyd-puppet-master.ts';
import { createFapolicydWorld, type FapolicydWorld, whyNoWorld } from '../../kit/fapolicyd-world.ts';

const NOBODY = 65_534;

describe('fapolicyd, on a device at its worst', { skip: whyNoWorld() ?? false, timeout: 600_000 }, () => {
  let world: FapolicydWorld;
  let puppet: PuppetMaster;
  let owners: string;
  let state: string;

  before(async () => {
    world = await createFapolicydWorld();
    puppet = puppetMaster(world);
    owners = await world.configuration();
    state = world.inside.stateDirectory;
    await sh(`mkdir -p ${state}`);
  });
  after(() => world[Symbol.asyncDispose]());

  const sh = async (script: string) => {
    const ended = await world.run(['/usr/bin/sh', '-c', script]);
    assert.equal(ended.status, 0, `${script}: ${ended.stderr}`);
  };
  /** Mounts a small file system over a directory, with what was in it, and fills it to the last byte. */
  const fill = (directory: string) =>
    sh(
      `mkdir /tmp/kept && cp -a ${directory}/. /tmp/kept/ && mount -t tmpfs -o size=4m tmpfs ${directory} && ` +
        `cp -a /tmp/kept/. ${directory}/ && rm -r /tmp/kept && mkdir ${directory}/filler && ` +
        `{ cat /usr/bin/node > ${directory}/filler/all 2> /tmp/full; grep -q 'No space' /tmp/full; }`,
    );
  const freeze = (directory: string) =>
    sh(`mount --bind ${directory} ${directory} && mount -o remount,bind,ro ${directory}`);
  const unmount = (directory: string) => sh(`umount ${directory}`);

  const assertOwners = async () => {
    assert.equal(await world.configuration(), owners);
    assert.deepEqual(await world.daemons(), []);
    assert.equal((await world.tryUntrusted(NOBODY)).ran, true);
  };
  const assertRefused = async () => {
    const { ran, errno, output } = await world.tryUntrusted(NOBODY);
    assert.deepEqual({ ran, errno }, { ran: false, errno: 'EPERM' }, output);
  };
  const refusal = async (mode: 'restricted' | 'unrestricted') => {
    const applied = await puppet.apply(mode);
    assert.ok(!applied.ok);
    return applied;
  };

  test('a restriction that the agent’s own disk cannot record is refused, and names the file', async () => {
    await fill(state);
    const { reason, undone } = await refusal('restricted');
    await unmount(state);
    assert.match(
      reason,
      new RegExp(`${state}/fapolicyd-\\S+ cannot be written: the disk is full \\(ENOSPC\\)`),
    );
    assert.equal(undone, true);
    await assertOwners();
  });

  test('a restriction whose files do not fit is refused and taken back', async () => {
    await fill('/etc/fapolicyd');
    const { reason, undone } = await refusal('restricted');
    assert.match(reason, /\/etc\/fapolicyd\/\S+ cannot be written: the disk is full/);
    assert.equal(undone, true);
    assert.deepEqual(await world.daemons(), []);
    assert.equal((await puppet.observe()).mode, 'unmanaged');
    await unmount('/etc/fapolicyd');
    await assertOwners();
  });

  test('a restriction of a device whose /etc is read-only is refused before anything is changed', async () => {
    await freeze('/etc/fapolicyd');
    const { reason, undone, took } = await refusal('restricted');
    await unmount('/etc/fapolicyd');
    assert.match(reason, /\/etc\/fapolicyd cannot be written: the file system is read-only \(EROFS\)/);
    assert.equal(undone, true);
    assert.equal(took['baseline-recorded'], undefined);
    await assertOwners();
  });

  test('a release that could not be carried out is refused, and the restriction stays in force', async () => {
    assert.ok((await puppet.apply('restricted')).ok);
    assert.ok((await puppet.confirm()).ok);
    await freeze('/etc/fapolicyd');
    const readOnly = await refusal('unrestricted');
    await unmount('/etc/fapolicyd');
    assert.match(readOnly.reason, /read-only/);
    await assertRefused();
    await fill(state);
    const full = await refusal('unrestricted');
    await unmount(state);
    assert.match(full.reason, /the disk is full/);
    await assertRefused();
    assert.equal((await puppet.observe()).intact, true);
  });

  test('an enforcer that was killed is started again though the disk takes no record', async () => {
    await fill(state);
    await world.killDaemon();
    assert.equal((await puppet.observe()).intact, false);
    const applied = await puppet.apply('restricted');
    await unmount(state);
    assert.ok(applied.ok, JSON.stringify(applied));
    await assertRefused();
  });

  for (const [what, script, detail] of [
    ['the list of trusted files was removed', 'rm /etc/fapolicyd/trust.d/cordon.trust', /trust is missing/],
    [
      'fapolicyd.conf was edited',
      'echo "permissive = 1" >> /etc/fapolicyd/fapolicyd.conf',
      /conf was changed/,
    ],
    [
      'a rule was removed',
      'rm /etc/fapolicyd/rules.d/90-deny-execute.rules',
      /90-deny-execute.rules is missing/,
    ],
    [
      'the compiled rules were edited',
      'echo "allow perm=any all : all" > /etc/fapolicyd/compiled.rules',
      /compiled.rules was changed/,
    ],
  ] as const)
    test(`${what}: it is noticed, put back and proven`, async () => {
      await sh(script);
      const found = await puppet.observe();
      assert.equal(found.intact, false);
      assert.match(found.detail, detail);
      assert.equal((await puppet.verify('restricted')).proven, false);
      assert.ok((await puppet.apply('restricted')).ok);
      assert.equal((await puppet.verify('restricted')).proven, true);
      await assertRefused();
    });

  test('and after all that a release puts back what the owner had, exactly', async () => {
    assert.ok((await puppet.apply('unrestricted')).ok);
    assert.equal((await puppet.verify('unrestricted')).proven, true);
    await assertOwners();
  });
});
