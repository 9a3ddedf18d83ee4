import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import fc from 'fast-check';
import { type Attempt, describeAttempt, RAN, refused } from '../../src/agent/canary/attempt.ts';
import { type CanaryResult, runCanary } from '../../src/agent/canary/canary.ts';
import { CANARY_CASES } from '../../src/agent/canary/cases.ts';
import { canaryChecks, type Expected, untriedNotes } from '../../src/agent/canary/checks.ts';
import { canaryElf, isCanaryMachine } from '../../src/agent/canary/elf.ts';
import { errnoIn } from '../../src/agent/canary/errno.ts';
import { freshBytes, freshFile, PROGRAM } from '../../src/agent/canary/fresh.ts';
import { canaryPrograms, loaderPath } from '../../src/agent/canary/programs.ts';
import { canarySharedObject } from '../../src/agent/canary/shared-object.ts';
import { start } from '../../src/agent/canary/start.ts';
import { atEnd } from '../kit/at-end.ts';

const directory = mkdtempSync(join(tmpdir(), 'cordon-canary-'));
chmodSync(directory, 0o755);
after(() => rmSync(directory, { recursive: true, force: true }));

const root = process.getuid?.() === 0;
const needsRoot = { skip: root ? false : 'needs root to become another user' };
const needsMachine = {
  skip:
    process.platform === 'linux' && isCanaryMachine(process.arch)
      ? needsRoot.skip
      : 'needs Linux on x64 or arm64',
};

test('a canary is a whole ELF file for its machine, and each nonce makes another', () => {
  for (const [machine, id] of [
    ['x64', 62],
    ['arm64', 183],
  ] as const) {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 64 }),
        fc.integer({ min: 0, max: 255 }),
        (nonce, status) => {
          const elf = canaryElf(machine, status, nonce);
          assert.equal(elf.toString('latin1', 0, 4), '\x7fELF');
          assert.equal(elf.readUInt16LE(16), 2, 'an executable');
          assert.equal(elf.readUInt16LE(18), id);
          assert.equal(elf.readBigUInt64LE(96), BigInt(elf.length), 'the loaded part is the whole file');
          assert.ok(elf.subarray(-nonce.length).equals(nonce));
        },
      ),
    );
  }
});

test('a shared object is whole, keeps code and data apart, and names a loader only when it is to look like a program', () => {
  for (const machine of ['x64', 'arm64'] as const) {
    const nonce = Buffer.from('a nonce of some length');
    for (const loader of [null, '/lib64/ld-linux-x86-64.so.2']) {
      const bytes = canarySharedObject(machine, 40, nonce, loader);
      assert.equal(bytes.readUInt16LE(16), 3, 'a shared object');
      const segments = Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
        const at = 64 + index * 56;
        const [offset, size] = [bytes.readBigUInt64LE(at + 8), bytes.readBigUInt64LE(at + 32)];
        assert.ok(offset + size <= BigInt(bytes.length), 'nothing is outside');
        return { type: bytes.readUInt32LE(at), flags: bytes.readUInt32LE(at + 4) };
      });
      assert.ok(
        segments.every(({ flags }) => (flags & 3) !== 3),
        'nothing is writable and executable',
      );
      assert.equal(
        segments.some(({ type }) => type === 3),
        loader !== null,
      );
      assert.equal(bytes.includes('/lib64/ld-linux'), loader !== null);
      assert.ok(bytes.includes(nonce));
    }
  }
});

test('a fresh program runs and ends with its own status, as root and as nobody', needsMachine, async () => {
  for (const user of [0, 65_534]) {
    const { path, status } = await freshFile(directory);
    assert.deepEqual(await start({ path, user }), { kind: 'ended', status, said: '' });
  }
});

test('no fresh program has a status that the programs which start it end with', needsMachine, () => {
  const statuses = new Set(Array.from({ length: 2_000 }, () => freshBytes(PROGRAM).status));
  assert.ok(statuses.size > 8);
  for (const status of [0, 1, 2, 16, 32, 64, 120, 124, 125, 126, 127])
    assert.ok(!statuses.has(status), `${status}`);
  assert.ok([...statuses].every((status) => status > 78 && status < 96));
});

test('a program that the kernel does not start is told by its errno', needsMachine, async () => {
  const { path } = await freshFile(directory);
  chmodSync(path, 0o644);
  assert.deepEqual(await start({ path, user: 65_534 }), { kind: 'not started', errno: 'EACCES' });
  assert.deepEqual(await start({ path: `${path}-none`, user: 0 }), { kind: 'not started', errno: 'ENOENT' });
});

test('a program that does not end is not taken for one that ran', needsRoot, async () => {
  const path = join(directory, 'forever');
  writeFileSync(path, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  assert.equal((await start({ path, user: 0 }, 50)).kind, 'failed');
});

test(
  'where nothing is forbidden every case runs, and nothing is left behind, not even after a crash',
  needsMachine,
  async () => {
    const own = join(directory, 'own');
    const place = join(directory, 'place');
    mkdirSync(join(own, '.cordon-canary-left', 'inside'), { recursive: true });
    mkdirSync(place);
    const options = { directory: own, trustedProgram: '/usr/bin/true', otherUser: 65_534 };
    const result = await runCanary(options, [
      { name: 'here', directory: place },
      { name: 'nowhere', directory: join(directory, 'none') },
    ]);
    const { here, nowhere, ...cases } = result;
    assert.deepEqual(
      Object.keys(cases),
      CANARY_CASES.map(({ name }) => name),
    );
    assert.deepEqual(here, RAN);
    assert.deepEqual(nowhere, { kind: 'untried', detail: 'nothing can be written there (ENOENT)' });
    // What the machine itself forbids (user namespaces, mounts, programs in memory) is refused or cannot be tried.
    for (const [name, outcome] of Object.entries(cases))
      assert.notEqual(outcome.kind, 'unclear', `${name}: ${describeAttempt(outcome)}`);
    for (const name of [
      'untrusted program as root',
      'untrusted shell script',
      'trusted program as another user',
    ])
      assert.deepEqual(cases[name], RAN, name);
    assert.ok(!existsSync(own));
    assert.deepEqual(readdirSync(place), []);
  },
);

test('the umask of the process decides nothing', needsMachine, async (context) => {
  const own = join(directory, 'behind-a-umask');
  const options = { directory: own, trustedProgram: '/usr/bin/true', otherUser: 65_534 };
  const before = process.umask(0o777);
  atEnd(context, () => process.umask(before));
  const result = await runCanary(options);
  assert.deepEqual(result['untrusted program as another user'], RAN);
  const refusals = Object.entries(result).filter(
    ([, outcome]) =>
      outcome.kind === 'refused' && outcome.errno === 'EACCES' && /permissions/.test(outcome.barrier),
  );
  assert.deepEqual(refusals, []);
  assert.ok(!existsSync(own));
});

test('what another user left under our name is not touched', needsRoot, async () => {
  const shared = join(directory, 'shared');
  const theirs = join(shared, '.cordon-canary-theirs');
  mkdirSync(theirs, { recursive: true });
  chownSync(theirs, 65_534, 65_534);
  const options = { directory: shared, trustedProgram: '/usr/bin/true', otherUser: 65_534 };
  await runCanary(options);
  assert.ok(existsSync(theirs));
});

test('the errno says which barrier refused, by what was asked', () => {
  const told = (...words: Parameters<typeof refused>) => describeAttempt(refused(...words));
  assert.equal(told('execute', 'EPERM'), 'refused (EPERM, the enforcer)');
  assert.equal(told('open', 'EPERM'), 'refused (EPERM, the enforcer)');
  assert.match(told('execute', 'EACCES'), /permissions of the file/);
  assert.match(told('make a program in memory', 'EACCES'), /setting on programs in memory/);
  assert.match(told('make a user namespace', 'ENOSPC'), /setting on user namespaces/);
  assert.match(told('make a user namespace', 'EPERM'), /setting on user namespaces/);
  assert.match(told('open', 'EIO'), /something else/);
});

test('the error that a program tells is found in words and by name', () => {
  assert.equal(errnoIn('unshare: unshare failed: No space left on device\n'), 'ENOSPC');
  assert.equal(errnoIn('sh: 1: exec: /x: Operation not permitted'), 'EPERM');
  assert.equal(errnoIn('ld.so: cannot execute /x: EPERM\n'), 'EPERM');
  assert.equal(errnoIn('sh: 1: exec: /x: not found'), null);
});

test('a check passes only when what was seen is what was expected', () => {
  const passed = (outcome: Attempt, expected: Expected) =>
    canaryChecks({ one: outcome }, () => expected).map((check) => check.passed);
  const byEnforcer: Expected = { kind: 'refused', by: ['the enforcer'] };
  const runs: Expected = { kind: 'attempt', attempt: RAN };
  const refusal = refused('execute', 'EPERM');
  const elsewhere = refused('execute', 'EACCES');
  const unclear: Attempt = { kind: 'unclear', detail: 'ran' };
  assert.deepEqual(passed(refusal, byEnforcer), [true]);
  assert.deepEqual(
    passed(elsewhere, byEnforcer),
    [false],
    'another barrier proves nothing about the enforcer',
  );
  assert.deepEqual(passed(RAN, byEnforcer), [false]);
  assert.deepEqual(passed(unclear, byEnforcer), [false]);
  assert.deepEqual(passed(RAN, runs), [true]);
  assert.deepEqual(passed(refusal, runs), [false]);
  assert.deepEqual(passed(unclear, runs), [false]);
  assert.deepEqual(passed(elsewhere, { kind: 'attempt', attempt: elsewhere }), [true]);
  const notByEnforcer: Expected = { kind: 'not refused', by: 'the enforcer' };
  assert.deepEqual(passed(refusal, notByEnforcer), [false]);
  for (const outcome of [RAN, elsewhere, unclear]) assert.deepEqual(passed(outcome, notByEnforcer), [true]);
  for (const outcome of [RAN, refusal, unclear])
    assert.deepEqual(passed(outcome, { kind: 'out of reach' }), [true]);
});

test('a case that could not be tried is no check, and is told', () => {
  const result: CanaryResult = { one: { kind: 'untried', detail: 'there is no perl' }, other: RAN };
  const checks = canaryChecks(result, () => ({ kind: 'out of reach' }));
  assert.deepEqual(checks, [{ name: 'other', expected: 'out of reach', observed: 'ran', passed: true }]);
  assert.deepEqual(untriedNotes(result), ['Not tried: one (there is no perl).']);
});

test(
  'the programs that the canary starts are named by absolute paths, the loader of this machine too',
  needsMachine,
  () => {
    assert.ok(canaryPrograms().every((path) => path.startsWith('/')));
    assert.ok(canaryPrograms().includes(loaderPath()!));
  },
);
