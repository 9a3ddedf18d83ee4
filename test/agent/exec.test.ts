import assert from 'node:assert/strict';
import test from 'node:test';
import { countMarks, startOf } from '../../src/agent/daemon-process.ts';
import { createExecute, describeFailure } from '../../src/agent/exec.ts';

const posix = { skip: process.platform === 'win32' ? 'needs POSIX programs' : false };
const execute = createExecute({ sh: '/bin/sh', absent: '/nonexistent/program' });

test('a program that is not named by an absolute path is refused when the table is made', () => {
  assert.throws(() => createExecute({ sh: 'sh' }), RangeError);
});

test('a program’s status, signal and output are told', posix, async () => {
  const ended = await execute('sh', ['-c', 'echo out; echo err >&2; exit 3']);
  assert.deepEqual(ended, { status: 3, signal: null, stdout: 'out\n', stderr: 'err\n', error: null });
  assert.equal(describeFailure(ended), 'status 3: err');
  assert.equal((await execute('sh', ['-c', 'kill -TERM $$'])).signal, 'SIGTERM');
});

test('a program never sees the agent’s environment', posix, async () => {
  process.env.CORDON_SECRET_OF_TEST = 'secret';
  const { stdout } = await execute('sh', ['-c', 'echo "[$CORDON_SECRET_OF_TEST]"']);
  delete process.env.CORDON_SECRET_OF_TEST;
  assert.equal(stdout, '[]\n');
});

test('a program that is absent, too slow or too loud ends with its reason', posix, async () => {
  assert.equal((await execute('absent', [])).error, 'ENOENT');
  const slow = await execute('sh', ['-c', 'sleep 60 & wait'], { timeout: 50 });
  assert.equal(slow.error, 'ETIMEDOUT');
  assert.equal(slow.signal, 'SIGKILL');
  const loud = await execute('sh', ['-c', 'while :; do echo loud; done'], { maxBytes: 1000 });
  assert.equal(loud.error, 'EOVERFLOW');
  assert.ok(loud.stdout.length <= 1000);
});

test('a daemon that keeps its parent’s output open is not waited for', posix, async () => {
  const ended = await execute('sh', ['-c', 'sleep 5 & echo $!'], { timeout: 4_000 });
  process.kill(Number(ended.stdout));
  assert.deepEqual([ended.status, ended.error], [0, null]);
});

test('the start of a process is read behind a name with spaces and brackets', () => {
  const fields = (name: string) => `12 (${name}) S 1 12 12 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2`;
  assert.equal(startOf(fields('fapolicyd')), 987_654);
  assert.equal(startOf(fields('a) S (b 1')), 987_654);
  assert.equal(startOf(''), null);
});

test('marks are counted by file system, mount and file, without the group’s own line', () => {
  const group = 'pos:\t0\nfanotify flags:7 event-flags:c8000\n';
  assert.equal(countMarks(group), 0);
  const marks =
    'fanotify sdev:27 mflags:0 mask:50000 ignored_mask:0\nfanotify mnt_id:12 mflags:0 mask:50000 ignored_mask:0\n';
  assert.equal(countMarks(`${group}${marks}`), 2);
});
