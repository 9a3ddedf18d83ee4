import assert from 'node:assert/strict';
import test from 'node:test';
import { parseMounts } from '../../src/agent/mounts.ts';

test('mounts are read with what can be written and run there', () => {
  const lines = [
    '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro',
    '23 22 0:21 / /run\\040here rw,nosuid,nodev,noexec master:1 - tmpfs tmpfs rw,size=1k',
    '24 22 7:0 / /snap/x ro,nodev - squashfs /dev/loop0 ro',
    '25 22 8:2 / /mnt rw - ext4 /dev/sda2 ro',
    '26 22 0:50 / /s rw - fuse.sshfs a:/b rw',
    '',
    'nonsense',
  ];
  assert.deepEqual(parseMounts(lines.join('\n')), [
    { device: '8:1', point: '/', type: 'ext4', writable: true, executable: true },
    { device: '0:21', point: '/run here', type: 'tmpfs', writable: true, executable: false },
    { device: '7:0', point: '/snap/x', type: 'squashfs', writable: false, executable: true },
    { device: '8:2', point: '/mnt', type: 'ext4', writable: false, executable: true },
    { device: '0:50', point: '/s', type: 'fuse.sshfs', writable: true, executable: true },
  ]);
});
