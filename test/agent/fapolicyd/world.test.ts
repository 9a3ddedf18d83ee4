/** The driver against the real daemon, in a world of its own. */
import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { CANARY_CASES } from '../../../src/agent/canary/cases.ts';
import { canaryElf } from '../../../src/agent/canary/elf.ts';
import { type PuppetMaster, puppetMaster } from '../../kit/fapolicyd-puppet-master.ts';
import { createFapolicydWorld, type FapolicydWorld, whyNoWorld } from '../../kit/fapolicyd-world.ts';

const NOBODY = 65_534;
const ROOT = 0;

describe('fapolicyd, the real daemon', { skip: whyNoWorld() ?? false, timeout: 300_000 }, () => {
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

  const assertRefused = async () => {
    for (const user of [ROOT, NOBODY]) {
      const { ran, errno, output } = await world.tryUntrusted(user);
      assert.deepEqual({ ran, errno }, { ran: false, errno: 'EPERM' }, output);
    }
  };
  /** A daemon that was just started takes a moment until it watches. */
  const untilRefused = async () => {
    while ((await world.tryUntrusted(ROOT)).ran);
    await assertRefused();
  };
  const assertRuns = async () => {
    for (const user of [ROOT, NOBODY]) {
      const { ran, output } = await world.tryUntrusted(user);
      assert.equal(ran, true, output);
    }
  };
  const assertReleased = async () => {
    assert.equal(await world.configuration(), owners);
    assert.deepEqual(await world.sysctls(), settings);
    assert.deepEqual(await world.daemons(), []);
    await assertRuns();
  };

  test('a device that was never asked anything is unmanaged, and looking changes nothing', async () => {
    assert.deepEqual(await puppet.observe().then(({ mode, intact }) => ({ mode, intact })), {
      mode: 'unmanaged',
      intact: true,
    });
    assert.match((await puppet.version()) ?? '', /^\d+\.\d+/);
    const { proven, reason } = await puppet.verify('restricted');
    assert.equal(proven, false);
    assert.match(reason ?? '', /No restriction was put in force/);
    await assertReleased();
  });

  test('a list of trusted files that is implausibly short is refused, and nothing is changed', async () => {
    const applied = await puppet.apply('restricted', { minimum: 100_000 });
    assert.ok(!applied.ok);
    assert.match(applied.reason, /Only \d+ trusted files were found, fewer than the 100000/);
    assert.equal(applied.undone, true);
    assert.equal((await puppet.observe()).mode, 'unmanaged');
    await assertReleased();
  });

  test('restrict refuses untrusted programs to root and to others, and proves it; trusted ones run', async () => {
    const applied = await puppet.apply('restricted');
    assert.ok(applied.ok, JSON.stringify(applied));
    assert.equal(applied.changed, true);
    await assertRefused();
    assert.equal((await world.run(['/usr/bin/true'])).status, 0);

    const { proven, reason, evidence } = await puppet.verify('restricted');
    assert.equal(reason, null);
    assert.equal(proven, true);
    assert.equal(evidence.driver, 'fapolicyd');
    const observed = Object.fromEntries(evidence.checks.map((check) => [check.name, check.observed]));
    assert.equal(observed['enforcer with our configuration'], 'in force');
    assert.equal(observed['untrusted program as another user'], 'refused (EPERM, the enforcer)');
    assert.equal(observed['untrusted program as root'], 'refused (EPERM, the enforcer)');
    assert.equal(observed['trusted program as another user'], 'ran');
    assert.equal(observed['untrusted program on / (ramfs)'], 'refused (EPERM, the enforcer)');
    for (const { name } of CANARY_CASES) assert.ok(name in observed, name);
    for (const limit of [/Containers/, /interpreter/, /running before/, /with root/])
      assert.ok(evidence.notes.some((note) => limit.test(note)));
    assert.ok(evidence.took.verify! >= evidence.took.canary!);
  });

  test('restricting again changes nothing and keeps the daemon', async () => {
    const daemons = await world.daemons();
    const applied = await puppet.apply('restricted');
    assert.ok(applied.ok);
    assert.equal(applied.changed, false);
    assert.deepEqual(await world.daemons(), daemons);
    assert.equal((await puppet.observe()).intact, true);
  });

  test('a daemon that was killed is seen, not proven, and put back', async () => {
    await world.killDaemon();
    await assertRuns();
    const observed = await puppet.observe();
    assert.equal(observed.intact, false);
    assert.match(observed.detail, /does not run/);
    const { proven, evidence } = await puppet.verify('restricted');
    assert.equal(proven, false);
    const failed = evidence.checks.flatMap(({ name, passed }) => (passed ? [] : name));
    for (const name of ['enforcer with our configuration', 'untrusted program as root'])
      assert.ok(failed.includes(name), name);
    assert.ok(!failed.includes('trusted program as another user'));
    assert.ok((await puppet.apply('restricted')).ok);
    assert.equal((await puppet.verify('restricted')).proven, true);
    await assertRefused();
  });

  test('rules that were edited by hand are seen and put back', async () => {
    const rule = 'echo "allow perm=any all : all" > /etc/fapolicyd/rules.d/00-allow.rules';
    await world.run(['/usr/bin/sh', '-c', rule]);
    const observed = await puppet.observe();
    assert.equal(observed.intact, false);
    assert.match(observed.detail, /00-allow\.rules was added/);
    assert.ok((await puppet.apply('restricted')).ok);
    assert.equal((await puppet.observe()).intact, true);
    await assertRefused();
  });

  test('a kernel setting that was changed by hand is seen and put back', async () => {
    const change = 'echo 7 > /proc/sys/user/max_user_namespaces';
    assert.equal((await world.run(['/usr/bin/sh', '-c', change])).status, 0);
    const observed = await puppet.observe();
    assert.equal(observed.intact, false);
    assert.match(observed.detail, /user\.max_user_namespaces is 7/);
    assert.equal((await puppet.verify('restricted')).proven, false);
    assert.ok((await puppet.apply('restricted')).ok);
    assert.equal((await world.sysctls())['user.max_user_namespaces'], '0');
    assert.equal((await puppet.verify('restricted')).proven, true);
  });

  test('a program that is installed while restricted cannot be opened by others, and is trusted at the next look', async () => {
    const elf = canaryElf(process.arch as 'x64' | 'arm64', 34, Buffer.from(`installed ${process.pid}`));
    const install = 'cat > /usr/bin/installed && chmod 755 /usr/bin/installed';
    await world.run(['/usr/bin/sh', '-c', install], { input: elf });
    const copied = await world.run(['/usr/bin/cp', '/usr/bin/installed', '/srv/copied']);
    assert.match(copied.stderr, /Operation not permitted/);
    assert.notEqual((await world.run(['/usr/bin/installed'])).status, 34);
    assert.ok((await puppet.apply('restricted')).ok);
    assert.equal((await world.run(['/usr/bin/installed'])).status, 34);
    assert.equal((await puppet.verify('restricted')).proven, true);
    await world.run(['/usr/bin/rm', '/usr/bin/installed']);
  });

  test('release lets programs run again and restores what the owner had, exactly', async () => {
    const applied = await puppet.apply('unrestricted');
    assert.ok(applied.ok, JSON.stringify(applied));
    assert.equal(applied.changed, true);
    await assertReleased();
    const { proven, reason, evidence } = await puppet.verify('unrestricted');
    assert.equal(reason, null);
    assert.equal(proven, true);
    const [first, ...tried] = evidence.checks.map(({ observed }) => observed);
    assert.equal(first, 'restored');
    assert.deepEqual([...new Set(tried)], ['ran']);
    assert.ok(tried.length >= CANARY_CASES.length);
    assert.equal((await puppet.observe()).mode, 'unrestricted');
    assert.equal((await puppet.verify('restricted')).proven, false);
  });

  test('releasing what is released touches nothing and proves itself', async () => {
    const applied = await puppet.apply('unrestricted');
    assert.ok(applied.ok);
    assert.equal(applied.changed, false);
    assert.equal((await puppet.verify('unrestricted')).proven, true);
    await assertReleased();
  });

  test('an owner’s daemon that ran before the restriction runs after the release, with the owner’s rules', async () => {
    const allow = 'echo "allow perm=any all : all" > /etc/fapolicyd/rules.d/10-owner.rules';
    await world.run(['/usr/bin/sh', '-c', `rm /etc/fapolicyd/rules.d/*; ${allow}; fagenrules; fapolicyd`]);
    const configured = await world.configuration();
    assert.ok((await puppet.apply('restricted')).ok);
    assert.equal((await puppet.verify('restricted')).proven, true);
    await assertRefused();
    assert.ok((await puppet.apply('unrestricted')).ok);
    assert.equal((await puppet.verify('unrestricted')).proven, true);
    assert.equal(await world.configuration(), configured);
    assert.equal((await world.daemons()).length, 1);
    await assertRuns();
  });

  test('an owner’s control that refuses programs is put back, and the evidence says so', async () => {
    const deny = 'echo "deny_syslog perm=execute all : dir=/srv/" > /etc/fapolicyd/rules.d/05-deny.rules';
    const restart =
      'p=$(cat /run/fapolicyd.pid); kill -9 $p; while kill -0 $p; do :; done; fagenrules && fapolicyd';
    const started = await world.run(['/usr/bin/sh', '-c', `${deny}; ${restart}`]);
    assert.equal((await world.daemons()).length, 1, started.stderr);
    await untilRefused();
    assert.ok((await puppet.apply('restricted')).ok);
    const released = await puppet.apply('unrestricted');
    assert.ok(released.ok, JSON.stringify(released));
    const { proven, reason, evidence } = await puppet.verify('unrestricted');
    assert.equal(proven, true, reason ?? '');
    assert.ok(evidence.notes.some((note) => note.includes('owner’s own fapolicyd')));
    await assertRefused();
  });
});
