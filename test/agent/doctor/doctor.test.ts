import assert from 'node:assert/strict';
import test from 'node:test';
import { DOCTOR_CHECKS, findings } from '../../../src/agent/doctor/doctor.ts';
import type { Look } from '../../../src/agent/doctor/look.ts';
import { parseMounts, uncovered } from '../../../src/agent/doctor/mounts.ts';
import { fapolicydDefaults } from '../../../src/agent/drivers/fapolicyd/options.ts';
import type { StoredIdentity } from '../../../src/agent/identity.ts';

const IDENTITY = {
  machineId: 'm',
  serverUrl: 'https://c.test',
  driver: 'fapolicyd',
  caFile: null,
} as StoredIdentity;

const MOUNTS = [
  '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
  '23 22 0:5 / /proc rw,noexec - proc proc rw',
  '24 22 0:20 / /dev/shm rw,nosuid - tmpfs tmpfs rw',
].join('\n');

/** A machine on which a restriction would work; a test says what is different. */
function machine({
  texts = {},
  modes = {},
  said = {},
  ...more
}: {
  texts?: Record<string, string | null>;
  modes?: Record<string, number | null>;
  said?: Record<string, string>;
} & Partial<Look> = {}): Look {
  const enforcer = { ...fapolicydDefaults('/nowhere'), service: 'systemd' as const };
  const files: Record<string, string | null> = {
    '/etc/os-release': 'ID=debian\nPRETTY_NAME="Debian"\n',
    '/boot/config-6.12': 'CONFIG_FANOTIFY_ACCESS_PERMISSIONS=y\n',
    '/proc/sys/user/max_user_namespaces': '100',
    '/proc/sys/vm/memfd_noexec': '0',
    '/proc/self/mountinfo': MOUNTS,
    [`${enforcer.configuration}/fapolicyd.conf`]: 'watch_fs = ext4, tmpfs\n',
    [`${enforcer.sampleRules}/90-deny-execute.rules`]: 'deny perm=execute all : all\n',
    ...texts,
  };
  const found: Record<string, number | null> = { '/run/systemd/system': 0o755, ...modes };
  const answers: Record<string, string> = {
    'is-enabled': 'disabled',
    'is-active': 'active',
    show: 'yes',
    ...said,
  };
  return {
    text: async (path) => files[path] ?? null,
    mode: async (path) => (found[path] == null ? null : { mode: found[path], uid: 0 }),
    free: async () => 1e9,
    execute: async (_name, [verb = '']) => ({
      status: 0,
      signal: null,
      stdout: `${answers[verb]}\n`,
      stderr: '',
      error: null,
    }),
    knock: async () => null,
    uid: 0,
    kernel: '6.12',
    data: '/nowhere',
    identity: IDENTITY,
    enforcer,
    enforcerVersion: '1.1.7-5',
    ...more,
  };
}

async function stateOf(check: string, look: Look) {
  const { findings: all } = await findings(look);
  return all.find((finding) => finding.check === check);
}

test('on a machine that is ready only what was not prepared yet is worth a warning', async () => {
  const { works, findings: all } = await findings(machine());
  assert.equal(works, true);
  assert.deepEqual(
    all.filter(({ state }) => state !== 'ok').map(({ check }) => check),
    ['list of trusted files'],
  );
  assert.equal(all.length, DOCTOR_CHECKS.length);
});

const BROKEN: readonly [check: string, state: 'warning' | 'problem', found: RegExp, look: Look][] = [
  ['enforcer', 'problem', /not installed/, machine({ enforcerVersion: null })],
  ['enforcer', 'problem', /too old/, machine({ enforcerVersion: '1.0.4' })],
  ['enforcer’s unit', 'problem', /masked/, machine({ said: { 'is-enabled': 'masked' } })],
  [
    'enforcer’s rules',
    'problem',
    /no sample rules/,
    machine({ texts: { '/usr/share/fapolicyd/sample-rules/90-deny-execute.rules': null } }),
  ],
  ['service manager', 'warning', /not systemd/, machine({ modes: { '/run/systemd/system': null } })],
  [
    'system',
    'warning',
    /Fedora/,
    machine({ texts: { '/etc/os-release': 'ID=fedora\nPRETTY_NAME=Fedora\n' } }),
  ],
  [
    'permission to ask (fanotify)',
    'problem',
    /built without/,
    machine({ texts: { '/boot/config-6.12': '' } }),
  ],
  [
    'permission to ask (fanotify)',
    'problem',
    /no fanotify/,
    machine({ texts: { '/boot/config-6.12': null } }),
  ],
  [
    'permission to ask (fanotify)',
    'warning',
    /is not written/,
    machine({ texts: { '/boot/config-6.12': null }, modes: { '/proc/sys/fs/fanotify': 0o555 } }),
  ],
  [
    'programs in memory (memfd)',
    'warning',
    /not there/,
    machine({ texts: { '/proc/sys/vm/memfd_noexec': null } }),
  ],
  [
    'user namespaces',
    'warning',
    /not there/,
    machine({ texts: { '/proc/sys/user/max_user_namespaces': null } }),
  ],
  [
    'file systems',
    'warning',
    /not watched: \/dev\/shm \(tmpfs\)/,
    machine({ texts: { '/etc/fapolicyd/fapolicyd.conf': 'watch_fs = ext4\n' } }),
  ],
  ['containers', 'warning', /Docker/, machine({ modes: { '/usr/bin/dockerd': 0o755 } })],
  ['root', 'problem', /user 1000/, machine({ uid: 1000 })],
  ['agent’s service', 'warning', /inactive/, machine({ said: { 'is-active': 'inactive' } })],
  ['enrolment', 'problem', /no device/, machine({ identity: null })],
  ['enrolment', 'problem', /restricts nothing/, machine({ identity: { ...IDENTITY, driver: 'observe' } })],
  ['key and ledger', 'problem', /identity\.json/, machine({ modes: { '/nowhere/identity.json': 0o644 } })],
  ['server', 'warning', /refused/, machine({ knock: async () => 'connection refused' })],
  ['disk', 'problem', /1 MB/, machine({ free: async () => 1e6 })],
  ['clock', 'warning', /not synchronised/, machine({ said: { show: 'no' } })],
];

for (const [check, state, found, look] of BROKEN) {
  test(`${check}: ${found.source} is a ${state}, with a remedy`, async () => {
    const finding = await stateOf(check, look);
    assert.equal(finding?.state, state);
    assert.match(finding?.found ?? '', found);
    assert.ok((finding?.remedy ?? '').length > 10);
    assert.equal((await findings(look)).works, state !== 'problem');
  });
}

test('a check that breaks off is a problem, and the others are still made', async () => {
  const look = machine({ free: () => Promise.reject(new Error('a fault')) });
  const { works, findings: all } = await findings(look);
  assert.equal(works, false);
  assert.equal(all.length, DOCTOR_CHECKS.length);
  assert.match(all.find(({ check }) => check === 'disk')?.found ?? '', /broke off: a fault/);
});

test('file systems that are read-only, noexec or the kernel’s own need no watching', () => {
  const mounts = parseMounts(
    [
      MOUNTS,
      '30 22 8:1 / /mnt/a\\040b rw - xfs /dev/sda rw',
      '31 22 8:2 / /mnt/c ro - xfs /dev/sdb ro',
      '32 22 8:3 / /mnt/d rw,noexec - fuse.sshfs x rw',
      '',
      'garbage',
    ].join('\n'),
  );
  assert.deepEqual(
    uncovered(mounts, ['ext4', 'tmpfs']).map(({ target }) => target),
    ['/mnt/a b'],
  );
});
