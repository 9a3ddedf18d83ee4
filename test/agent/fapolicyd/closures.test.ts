/** What a restriction closes besides refusing programs: kernel settings, file systems, rules, and what each case needs. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { RAN, refused } from '../../../src/agent/canary/attempt.ts';
import { CANARY_CASES } from '../../../src/agent/canary/cases.ts';
import { createContext } from '../../../src/agent/drivers/fapolicyd/context.ts';
import { createFapolicydDriver } from '../../../src/agent/drivers/fapolicyd/driver.ts';
import { coverageOf, LOCAL_TYPES, placesOf } from '../../../src/agent/drivers/fapolicyd/file-systems.ts';
import { fapolicydDefaults } from '../../../src/agent/drivers/fapolicyd/options.ts';
import { releasedExpectation } from '../../../src/agent/drivers/fapolicyd/proof.ts';
import {
  expectedClosures,
  REACH,
  restrictedExpectation,
} from '../../../src/agent/drivers/fapolicyd/reach.ts';
import { OPENERS, ownRules } from '../../../src/agent/drivers/fapolicyd/rules.ts';
import { readSysctls, SYSCTLS } from '../../../src/agent/drivers/fapolicyd/sysctls.ts';
import type { Mount } from '../../../src/agent/mounts.ts';
import { kernelSysctls } from '../../../src/agent/sysctl.ts';
import { createFakeFapolicyd } from '../../kit/fapolicyd-fake.ts';

const CONF = 'permissive = 0\nallow_filesystem_mark = 1\n';
const OWNERS = { 'user.max_user_namespaces': '96364', 'vm.memfd_noexec': '0' };
const linux = { skip: process.platform === 'linux' ? false : 'needs Linux' };
const scratch = mkdtempSync(join(tmpdir(), 'cordon-closures-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

test('a restriction sets what the table says, and a release puts the old values back', linux, async () => {
  using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
  const driver = createFapolicydDriver(fake.options, fake.substitutes);
  assert.ok((await driver.apply('restricted')).ok);
  assert.deepEqual(fake.sysctls, Object.fromEntries(SYSCTLS.map(({ name, wanted }) => [name, wanted])));
  const { evidence } = await driver.verify('restricted');
  assert.ok(evidence.notes.some((note) => note.includes('user.max_user_namespaces was 96364 and is 0')));
  assert.ok((await driver.apply('unrestricted')).ok);
  assert.deepEqual(fake.sysctls, OWNERS);
});

test(
  'a setting that was changed back is drift, and is put in force again without a new baseline',
  linux,
  async () => {
    using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
    const driver = createFapolicydDriver(fake.options, fake.substitutes);
    assert.ok((await driver.apply('restricted')).ok);
    fake.sysctls['user.max_user_namespaces'] = '5';
    const observed = await driver.observe();
    assert.equal(observed.intact, false);
    assert.match(observed.detail, /user\.max_user_namespaces is 5/);
    assert.equal((await driver.verify('restricted')).proven, false);
    assert.ok((await driver.apply('restricted')).ok);
    assert.equal(fake.sysctls['user.max_user_namespaces'], '0');
    assert.equal((await driver.observe()).intact, true);
    assert.ok((await driver.apply('unrestricted')).ok);
    assert.deepEqual(fake.sysctls, OWNERS);
  },
);

test(
  'what the owner leaves open is not changed, and one that is left open later goes back',
  linux,
  async () => {
    using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
    const open = { ...fake.options, forbidUserNamespaces: false, forbidOpening: false };
    const driver = createFapolicydDriver(open, fake.substitutes);
    assert.ok((await driver.apply('restricted')).ok);
    assert.deepEqual(fake.sysctls, { ...OWNERS, 'vm.memfd_noexec': '2' });
    assert.doesNotMatch(fake.running()?.rules ?? '', /x-executable trust=0/);
    assert.equal((await driver.observe()).intact, true);
    const { evidence } = await driver.verify('restricted');
    assert.ok(evidence.notes.some((note) => note.startsWith('User namespaces are allowed')));
    assert.ok(!evidence.notes.some((note) => note.includes('max_user_namespaces was')));

    const closing = createFapolicydDriver(fake.options, fake.substitutes);
    const applied = await closing.apply('restricted');
    assert.ok(applied.ok && applied.changed);
    assert.equal(fake.sysctls['user.max_user_namespaces'], '0');
    assert.match(fake.running()?.rules ?? '', /x-executable trust=0/);

    assert.ok((await driver.apply('restricted')).ok);
    assert.equal(fake.sysctls['user.max_user_namespaces'], '96364');
    assert.doesNotMatch(fake.running()?.rules ?? '', /x-executable trust=0/);
  },
);

test(
  'a kernel that does not take a setting refuses the first restriction, which is undone and says how to go on',
  linux,
  async () => {
    using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
    fake.refuse('user.max_user_namespaces');
    const driver = createFapolicydDriver(fake.options, fake.substitutes);
    const applied = await driver.apply('restricted');
    assert.ok(!applied.ok);
    assert.match(applied.reason, /user\.max_user_namespaces cannot be set to 0 \(EROFS\)/);
    assert.match(applied.reason, /--allow-user-namespaces/);
    assert.equal(applied.undone, true);
    assert.deepEqual(fake.sysctls, OWNERS);
    const open = { ...fake.options, forbidUserNamespaces: false };
    assert.ok((await createFapolicydDriver(open, fake.substitutes).apply('restricted')).ok);
  },
);

test('a setting that the kernel lacks, or could not take back, is not touched', linux, async () => {
  using fake = createFakeFapolicyd({ version: '2.0.1', conf: CONF });
  const names = async (release: string) => {
    const context = createContext(fake.options, fake.substitutes);
    const kernel = { ...context.kernel, release: () => release };
    return Object.keys(await readSysctls({ ...context, kernel }));
  };
  assert.deepEqual(await names('6.18.44'), ['user.max_user_namespaces', 'vm.memfd_noexec']);
  assert.deepEqual(await names('6.6.0-1-amd64'), ['user.max_user_namespaces', 'vm.memfd_noexec']);
  assert.deepEqual(await names('6.5.13'), ['user.max_user_namespaces']);
  assert.deepEqual(await names('3.10.0'), []);
  delete fake.sysctls['user.max_user_namespaces'];
  assert.deepEqual(await names('6.18.44'), ['vm.memfd_noexec']);
});

test('settings are read and written by their names, and one that is absent is never made', async () => {
  mkdirSync(join(scratch, 'user'));
  writeFileSync(join(scratch, 'user', 'max_user_namespaces'), '7\n');
  const sysctls = kernelSysctls(scratch);
  assert.equal(await sysctls.read('user.max_user_namespaces'), '7');
  await sysctls.write('user.max_user_namespaces', '0');
  assert.match(readFileSync(join(scratch, 'user', 'max_user_namespaces'), 'utf8'), /^0/);
  assert.equal(await sysctls.read('vm.memfd_noexec'), null);
  await assert.rejects(sysctls.write('vm.memfd_noexec', '2'), { code: 'ENOENT' });
});

const mount = (point: string, type: string, more: Partial<Mount> = {}): Mount => ({
  device: point,
  point,
  type,
  writable: true,
  executable: true,
  ...more,
});

test('each file system that a program can be written to and run from is covered or named', () => {
  const mounts = [
    mount('/', 'ext4'),
    mount('/again', 'ext4', { device: '/' }),
    mount('/proc', 'proc'),
    mount('/dev', 'devtmpfs'),
    mount('/dev/shm', 'tmpfs', { executable: false }),
    mount('/cdrom', 'iso9660', { writable: false }),
    mount('/net', 'nfs4'),
    mount('/pod', 'overlay'),
    mount('/ro', 'xfs', { device: 'two', writable: false }),
    mount('/rw', 'xfs', { device: 'two', executable: false }),
  ];
  const { covered, uncovered } = coverageOf(mounts, new Set(LOCAL_TYPES));
  assert.deepEqual(
    covered.map(({ point }) => point),
    ['/', '/ro'],
    'written through one mount and run through another counts',
  );
  assert.deepEqual(
    uncovered.map(({ point }) => point),
    ['/dev', '/net', '/pod'],
  );
});

test('a program is tried only where a server cannot keep it waiting and others cannot reach in', async () => {
  const [roots, sticky, others] = ['roots', 'sticky', 'others'].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [roots, sticky, others]) mkdirSync(path);
  chmodSync(sticky, 0o1777);
  chmodSync(others, 0o777);
  if (process.getuid?.() === 0) for (const path of [roots, sticky, others]) chownSync(path, 0, 0);
  const places = await placesOf({
    covered: [mount(roots, 'ext4'), mount(sticky, 'tmpfs'), mount(others, 'tmpfs'), mount('/none', 'ext4')],
    uncovered: [mount(roots, 'nfs4'), mount(roots, 'fuse.sshfs'), mount(roots, 'devtmpfs')],
  });
  if (process.getuid?.() !== 0) return assert.deepEqual(places, []);
  assert.deepEqual(
    places.map(({ name }) => name),
    [roots, sticky, roots].map(
      (path, at) => `untrusted program on ${path} (${['ext4', 'tmpfs', 'devtmpfs'][at]})`,
    ),
  );
});

test('only package tools and the agent open what is untrusted, as root and where packages are installed', () => {
  const rules = [...ownRules({ forbidOpening: true, forbidFuseMounts: true }, '/opt/cordon/agent').values()]
    .join('')
    .trim()
    .split('\n');
  const allowed = rules.filter((rule) => rule.startsWith('allow'));
  assert.equal(allowed.length, (OPENERS.length + 1) * 2);
  for (const rule of allowed)
    assert.match(rule, /^allow perm=open uid=0 exe=\/\S+ trust=1 : dir=\/(usr|opt)\/$/);
  assert.deepEqual(
    rules.filter((rule) => !rule.startsWith('allow')),
    [
      'deny_audit perm=execute all : path=/usr/bin/fusermount3',
      'deny_audit perm=execute all : path=/usr/bin/fusermount',
      'deny_audit perm=open all : ftype=application/x-executable trust=0',
    ],
  );
  assert.equal(ownRules({ forbidOpening: false, forbidFuseMounts: false }, '/opt/cordon/agent').size, 1);
});

test('every case of the canary says what closes it, and with everything closed only these are out of reach', () => {
  assert.deepEqual(Object.keys(REACH).sort(), CANARY_CASES.map(({ name }) => name).sort());
  const options = fapolicydDefaults('/var/lib/cordon');
  const outOfReach = (closed: ReturnType<typeof expectedClosures>) =>
    CANARY_CASES.flatMap(({ name }) =>
      restrictedExpectation(closed, new Set())(name).kind === 'out of reach' ? name : [],
    );
  const always = [
    'untrusted program from memory, through the dynamic loader',
    'untrusted program mounted over a trusted one, in a private mount namespace',
    'untrusted shell script',
  ];
  assert.deepEqual(outOfReach(expectedClosures(options, '6.18.0')), always);
  assert.deepEqual(outOfReach(expectedClosures(options, '6.1.0')), [
    'untrusted program from memory',
    ...always,
  ]);
  const marksOnly = restrictedExpectation(new Set(['rules', 'marks']), new Set());
  assert.deepEqual(
    marksOnly('untrusted program in a fresh user namespace'),
    { kind: 'refused', by: ['the enforcer', 'the setting on user namespaces'] },
    'a distribution may forbid user namespaces by itself',
  );
  const unwatched = restrictedExpectation(expectedClosures(options, '6.18.0'), new Set(['here']));
  assert.deepEqual(unwatched('here'), { kind: 'out of reach' });
  assert.deepEqual(unwatched('elsewhere'), { kind: 'refused', by: ['the enforcer'] });
});

test('after a release programs run, or are refused as the owner’s own enforcer refused them before', () => {
  const free = releasedExpectation({ canary: null });
  assert.deepEqual(free('untrusted program as root'), { kind: 'attempt', attempt: RAN });
  assert.deepEqual(free('untrusted program from memory'), { kind: 'not refused', by: 'the enforcer' });
  const attempt = refused('execute', 'EPERM');
  const owners = releasedExpectation({
    canary: { 'untrusted program as root': attempt, here: { kind: 'untried', detail: 'full' } },
  });
  assert.deepEqual(owners('untrusted program as root'), { kind: 'attempt', attempt });
  assert.deepEqual(owners('here'), { kind: 'out of reach' });
  assert.deepEqual(owners('mounted meanwhile'), { kind: 'out of reach' });
});
