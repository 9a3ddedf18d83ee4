import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import fc from 'fast-check';
import { attempt, describeAttempt } from '../../src/agent/canary/attempt.ts';
import { type CanaryResult, runCanary } from '../../src/agent/canary/canary.ts';
import {
  canaryChecks,
  expectRestricted,
  expectUnrestricted,
  RAN,
  REFUSED,
} from '../../src/agent/canary/checks.ts';
import { canaryElf, isCanaryMachine } from '../../src/agent/canary/elf.ts';
import { freshProgram } from '../../src/agent/canary/fresh.ts';

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

test('a fresh program runs and ends with its own status, as root and as nobody', needsMachine, async () => {
  for (const user of [0, 65_534]) {
    const { path, status } = await freshProgram(directory);
    assert.deepEqual(await attempt({ path, status, user, timeout: 10_000 }), { kind: 'ran' });
    const other = await attempt({ path, status: status + 1, user, timeout: 10_000 });
    assert.deepEqual(other, { kind: 'unclear', detail: `ended with status ${status}` });
  }
});

test(
  'the barrier that refused is named by its errno, and only EPERM proves the enforcer',
  needsMachine,
  async () => {
    const { path, status } = await freshProgram(directory);
    chmodSync(path, 0o644);
    const outcome = await attempt({ path, status, user: 65_534, timeout: 10_000 });
    assert.deepEqual(outcome, { kind: 'refused', errno: 'EACCES' });
    const missing = await attempt({ path: `${path}-none`, status, user: 0, timeout: 10_000 });
    assert.deepEqual(missing, { kind: 'refused', errno: 'ENOENT' });
    const result = { ...allRan(), 'untrusted program as root': outcome };
    assert.equal(canaryChecks(result, expectRestricted)[1]?.passed, false);
  },
);

test('a program that does not end is not taken for one that ran', needsRoot, async () => {
  const path = join(directory, 'forever');
  writeFileSync(path, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  const outcome = await attempt({ path, status: 0, user: 0, timeout: 50 });
  assert.equal(outcome.kind, 'unclear');
});

test(
  'the canary tries every case and leaves nothing behind, not even after a crash',
  needsMachine,
  async () => {
    const own = join(directory, 'own');
    mkdirSync(join(own, 'canary-left'), { recursive: true });
    const options = { directory: own, trustedProgram: '/usr/bin/true', otherUser: 65_534 };
    const result = await runCanary(options);
    assert.deepEqual(result, allRan());
    assert.ok(!readdirSync(directory).includes('own'));
  },
);

test('a check passes only when what was seen is what was expected', () => {
  const refused: CanaryResult = {
    'untrusted program as another user': REFUSED,
    'untrusted program as root': REFUSED,
    'trusted program as another user': RAN,
  };
  const passed = (result: CanaryResult, expectation: typeof expectRestricted) =>
    canaryChecks(result, expectation).map((check) => check.passed);
  assert.deepEqual(passed(refused, expectRestricted), [true, true, true]);
  assert.deepEqual(passed(allRan(), expectRestricted), [false, false, true]);
  assert.deepEqual(passed(allRan(), expectUnrestricted), [true, true, true]);
  assert.deepEqual(passed(refused, expectUnrestricted), [false, false, true]);
  const unclear = { ...allRan(), 'untrusted program as root': { kind: 'unclear', detail: 'ran' } } as const;
  assert.deepEqual(passed(unclear, expectUnrestricted), [true, false, true]);
  assert.equal(describeAttempt(REFUSED), 'refused (EPERM)');
});

function allRan(): CanaryResult {
  return {
    'untrusted program as another user': RAN,
    'untrusted program as root': RAN,
    'trusted program as another user': RAN,
  };
}
