/** The escape table against the real daemon, and that measuring it leaves this machine as it was. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test, { describe } from 'node:test';
import { SYSCTLS } from '../../../src/agent/drivers/fapolicyd/sysctls.ts';
import { isAsExpected, measureMatrix } from '../../kit/enforcement-matrix.ts';
import { whyNoWorld } from '../../kit/fapolicyd-world.ts';

const pathOf = (name: string) => `/proc/sys/${name.replace('.', '/')}`;
const settingsHere = () =>
  SYSCTLS.map(({ name }) => (existsSync(pathOf(name)) ? readFileSync(pathOf(name), 'utf8') : null));

describe('the escape table', { skip: whyNoWorld() ?? false, timeout: 300_000 }, () => {
  test('with everything closed each case is as expected, and the machine keeps its settings', async () => {
    const before = settingsHere();
    const { rows } = await measureMatrix();
    assert.deepEqual(
      rows.filter((row) => !isAsExpected(row)),
      [],
    );
    const restricted = Object.fromEntries(rows.map((row) => [row.case, row.restricted]));
    assert.equal(restricted['untrusted program on /media (ramfs)'], 'refused');
    assert.equal(
      restricted['untrusted program on /mnt (tmpfs)'],
      'out of reach',
      'not watched in this world',
    );
    assert.equal(restricted['trusted program as another user'], 'runs');
    assert.deepEqual(settingsHere(), before);
  });

  test('with everything left open the ways round are open, so that each closure is what closes them', async () => {
    const open = {
      forbidUserNamespaces: false,
      forbidOpening: false,
      forbidFuseMounts: false,
      forbidMemoryPrograms: false,
    };
    const { rows } = await measureMatrix({ ...open, fileSystemMarks: false });
    assert.deepEqual(
      rows.filter((row) => !isAsExpected(row)),
      [],
    );
    const restricted = new Map(rows.map((row) => [row.case, row.restricted]));
    for (const name of ['in a private mount namespace', 'in a fresh user namespace', 'from memory'])
      assert.equal(restricted.get(`untrusted program ${name}`), 'out of reach', name);
    assert.equal(restricted.get('untrusted program through the dynamic loader'), 'out of reach');
    assert.equal(restricted.get('untrusted program as root'), 'refused');
  });
});
