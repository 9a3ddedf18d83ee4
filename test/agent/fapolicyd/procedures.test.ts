/** The order of a switch for each range of versions, against a fake: newer fapolicyds were not run here. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createFapolicydDriver, fapolicydAvailable } from '../../../src/agent/drivers/fapolicyd/driver.ts';
import { LOCAL_TYPES } from '../../../src/agent/drivers/fapolicyd/file-systems.ts';
import { createFakeFapolicyd } from '../../kit/fapolicyd-fake.ts';

/** An owner whose daemon watches already what a restriction wants watched, since that is read at start only. */
const CONF = `# owner\npermissive = 0\nallow_filesystem_mark = 1\nwatch_fs = ${LOCAL_TYPES.join(',')}\n`;
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
  assert.deepEqual(fake.calls, ['kill']);
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
    assert.deepEqual(fake.calls, ['SIGHUP', 'kill'], 'it stops refusing before it is ended');
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

for (const program of ['--check-rules', 'fagenrules', 'start'] as const) {
  test(`a first restriction that ${program} refuses is undone, and says why`, linux, async () => {
    using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
    const before = fake.files();
    fake.refuse(program);
    const driver = createFapolicydDriver(fake.options, fake.substitutes);
    const applied = await driver.apply('restricted');
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
