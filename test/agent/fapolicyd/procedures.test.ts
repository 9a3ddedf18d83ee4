/** The order of a switch for each range of versions, against a fake: newer fapolicyds were not run here. */
import assert from 'node:assert/strict';
import { chmodSync, lstatSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createFapolicydDriver, fapolicydAvailable } from '../../../src/agent/drivers/fapolicyd/driver.ts';
import { LOCAL_TYPES } from '../../../src/agent/drivers/fapolicyd/file-systems.ts';
import { createFakeFapolicyd } from '../../kit/fapolicyd-fake.ts';

/** An owner whose daemon watches and forgets already as a restriction wants, since that is read at start only. */
const CONF = `# owner
permissive = 0
allow_filesystem_mark = 1
obj_cache_size = 1
watch_fs = ${LOCAL_TYPES.join(',')}
`;
/** Every path with its kind, mode and target. */
const treeOf = (directory: string) =>
  (readdirSync(directory, { recursive: true }) as string[]).sort().map((name) => {
    const path = join(directory, name);
    const found = lstatSync(path);
    return `${name} ${found.mode.toString(8)} ${found.isSymbolicLink() ? readlinkSync(path) : ''}`;
  });

const linux = { skip: process.platform === 'linux' ? false : 'needs Linux' };

test('1.1 is filled while it only watches, and restarted to enforce', linux, async () => {
  using fake = createFakeFapolicyd({ version: '1.1.7-5', conf: CONF });
  const before = fake.files();
  const driver = createFapolicydDriver(fake.options, fake.substitutes);
  assert.ok((await driver.apply('restricted')).ok);
  assert.deepEqual(fake.calls, ['fagenrules', '--dump-db', 'start', '--dump-db', 'kill', 'start']);
  assert.deepEqual(fake.running()?.permissive, false);
  assert.match(fake.running()?.rules ?? '', /90-deny-execute/);
  fake.calls.length = 0;
  assert.ok((await driver.apply('unrestricted')).ok);
  assert.deepEqual(fake.calls, ['disarm', 'kill']);
  assert.equal(fake.running(), null);
  assert.deepEqual(fake.files(), before);
});

test(
  'from 1.4 a daemon that was started to watch is switched to enforce without a restart',
  linux,
  async () => {
    using fake = createFakeFapolicyd({ version: '1.4.1', conf: CONF });
    const driver = createFapolicydDriver(fake.options, fake.substitutes);
    assert.ok((await driver.apply('restricted')).ok);
    assert.deepEqual(fake.calls, [
      'fagenrules',
      '--dump-db',
      'start',
      '--dump-db',
      '--reload-rules',
      'SIGHUP',
    ]);
    assert.deepEqual(fake.running()?.permissive, false);
    fake.calls.length = 0;
    assert.ok((await driver.apply('unrestricted')).ok);
    assert.deepEqual(fake.calls, ['disarm', 'SIGHUP', 'kill'], 'it stops refusing before it is ended');
  },
);

test('an owner’s daemon of 2.0 takes over the restriction without ever being stopped', linux, async () => {
  using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
  await fake.startAsOwner();
  const before = { files: fake.files(), running: fake.running() };
  const driver = createFapolicydDriver(fake.options, fake.substitutes);
  assert.ok((await driver.apply('restricted')).ok);
  assert.deepEqual(fake.calls, [
    '--check-rules',
    'fagenrules',
    '--dump-db',
    '--update',
    '--dump-db',
    '--reload-rules',
    'SIGHUP',
  ]);
  assert.match(fake.running()?.rules ?? '', /90-deny-execute/);
  assert.doesNotMatch(fake.running()?.rules ?? '', /allow perm=any/);
  assert.ok((await driver.apply('unrestricted')).ok);
  assert.deepEqual({ files: fake.files(), running: fake.running() }, before);
});

test(
  'an owner’s daemon is restarted where its marks must change, which are read at start only',
  linux,
  async () => {
    using fake = createFakeFapolicyd({ version: '2.0.1', conf: '# owner\npermissive = 0\n' });
    await fake.startAsOwner();
    const driver = createFapolicydDriver(fake.options, fake.substitutes);
    assert.ok((await driver.apply('restricted')).ok);
    assert.deepEqual(fake.calls.slice(-2), ['stop', 'start']);
  },
);

test(
  'a dead-man watches before an enforcer is started, and ends once the restriction is kept',
  linux,
  async () => {
    using fake = createFakeFapolicyd({ version: '1.1.7-5', conf: CONF });
    const driver = createFapolicydDriver(fake.options, fake.substitutes);
    assert.ok((await driver.apply('restricted', 'order')).ok);
    const [armed, started] = [fake.calls.indexOf('arm'), fake.calls.indexOf('start')];
    assert.ok(armed >= 0 && armed < started, fake.calls.join());
    assert.ok(!fake.calls.includes('enable enabled'), 'nothing starts at boot before the proof');
    assert.equal(await driver.trials!.ended('order'), null);
    fake.calls.length = 0;
    assert.ok((await driver.trials!.confirm()).ok);
    assert.deepEqual(fake.calls, ['enable enabled', 'disarm']);
    assert.equal(await driver.undo(), false, 'what is kept is not undone');
    assert.equal((await driver.trials!.recover(null)).outcome, 'nothing');
    assert.equal((await driver.observe()).intact, true);
    fake.calls.length = 0;
    assert.ok((await driver.apply('unrestricted')).ok);
    assert.ok(fake.calls.includes('enable disabled'), 'the owner had not enabled it');
  },
);

test('a restriction that may not be undone is put in force without a dead-man', linux, async () => {
  using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
  const driver = createFapolicydDriver(fake.options, fake.substitutes);
  assert.ok((await driver.apply('restricted', null)).ok);
  assert.ok(!fake.calls.includes('arm'));
  assert.equal((await driver.trials!.recover(null)).outcome, 'nothing');
  assert.ok((await driver.apply('restricted', 'order')).ok);
  assert.ok(!fake.calls.includes('arm'), 'and is never on trial afterwards');
});

test('an order that may not be undone any more ends the trial of the one before', linux, async () => {
  using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
  const driver = createFapolicydDriver(fake.options, fake.substitutes);
  assert.ok((await driver.apply('restricted', 'order')).ok);
  fake.calls.length = 0;
  assert.ok((await driver.apply('restricted', null)).ok);
  assert.ok(fake.calls.includes('disarm'));
  assert.equal((await driver.trials!.recover(null)).outcome, 'nothing');
});

for (const boot of ['enabled', 'disabled', 'masked'] as const) {
  test(`an owner’s fapolicyd that was ${boot} at boot is so again after a release`, linux, async () => {
    using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF, boot });
    const driver = createFapolicydDriver(fake.options, fake.substitutes);
    assert.ok((await driver.apply('restricted', 'order')).ok);
    assert.notEqual(fake.boot(), 'masked');
    assert.ok((await driver.trials!.confirm()).ok);
    assert.equal(fake.boot(), 'enabled');
    assert.ok((await driver.apply('unrestricted')).ok);
    assert.equal(fake.boot(), boot);
    assert.equal((await driver.verify('unrestricted')).evidence.checks[0]?.observed, 'restored');
  });
}

test(
  'a baseline is put back with its links, its modes, and without a directory that was not there',
  linux,
  async () => {
    using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
    const { configuration } = fake.options;
    const conf = join(configuration, 'fapolicyd.conf');
    renameSync(conf, join(configuration, 'site.conf'));
    symlinkSync('site.conf', conf);
    symlinkSync('../site.rules', join(configuration, 'rules.d', '05-site.rules'));
    chmodSync(join(configuration, 'rules.d'), 0o750);
    rmSync(join(configuration, 'trust.d'), { recursive: true });
    const before = treeOf(configuration);
    const driver = createFapolicydDriver(fake.options, fake.substitutes);
    const applied = await driver.apply('restricted', 'order');
    assert.ok(applied.ok, JSON.stringify(applied));
    assert.doesNotMatch(
      treeOf(configuration).join(),
      /05-site/,
      'an owner’s rule that allows more is a way round',
    );
    assert.ok((await driver.trials!.confirm()).ok);
    assert.ok((await driver.apply('unrestricted')).ok);
    assert.deepEqual(treeOf(configuration), before);
  },
);

for (const program of ['--check-rules', 'fagenrules', 'start', 'arm'] as const) {
  test(`a first restriction that ${program} refuses is undone, and says why`, linux, async () => {
    using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
    const before = fake.files();
    fake.refuse(program);
    const driver = createFapolicydDriver(fake.options, fake.substitutes);
    const applied = await driver.apply('restricted', 'order');
    assert.ok(!applied.ok);
    assert.match(applied.reason, /test/);
    assert.equal(applied.undone, true);
    assert.deepEqual(fake.files(), before);
    assert.equal((await driver.observe()).mode, 'unmanaged');
  });
}

test('a repeated restriction that fails never loosens what is in force', linux, async () => {
  using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
  const driver = createFapolicydDriver(fake.options, fake.substitutes);
  assert.ok((await driver.apply('restricted')).ok);
  const stricter = { ...fake.options, trust: { ...fake.options.trust, minimum: 1_000_000 } };
  const applied = await createFapolicydDriver(stricter, fake.substitutes).apply('restricted');
  assert.ok(!applied.ok);
  assert.equal(applied.undone, false);
  assert.match(fake.running()?.rules ?? '', /90-deny-execute/);
  assert.equal((await driver.observe()).intact, true);
});

test(
  'a file of the agent that does not exist stops a restriction before anything is changed',
  linux,
  async () => {
    using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
    const options = { ...fake.options, selfTrust: ['/nonexistent/cordon'] };
    const applied = await createFapolicydDriver(options, fake.substitutes).apply('restricted');
    assert.ok(!applied.ok);
    assert.match(applied.reason, /nonexistent/);
    assert.deepEqual(fake.calls, []);
  },
);

test(
  'a device without fapolicyd, or with one that is too old, says so and is not touched',
  linux,
  async () => {
    for (const [version, reason] of [
      [null, /not installed/],
      ['1.0.3-1', /too old/],
    ] as const) {
      using fake = createFakeFapolicyd({ version, conf: CONF });
      const before = fake.files();
      const applied = await createFapolicydDriver(fake.options, fake.substitutes).apply('restricted');
      assert.ok(!applied.ok);
      assert.match(applied.reason, reason);
      assert.equal(applied.undone, true);
      assert.deepEqual(fake.files(), before);
      assert.equal(await fapolicydAvailable(fake.options), null);
    }
  },
);

test('the facts of a device name the driver and the version found', linux, async () => {
  using fake = createFakeFapolicyd({ version: '2.0.1-3', conf: CONF });
  assert.deepEqual(await fapolicydAvailable(fake.options), {
    control: 'codeExecution',
    driver: 'fapolicyd',
    version: '2.0.1-3',
  });
});
