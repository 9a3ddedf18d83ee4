/** A rotation of the server's key through whole processes: the command, the server, its simulated devices. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { atEnd } from '../kit/at-end.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../kit/emulator-process.ts';
import { scratchDirectory } from '../kit/leftovers.ts';
import { runCordon, until } from '../kit/processes.ts';

const MACHINES = 5;

/** Resolves when every device has the newest key pinned. */
const moved = ({ api }: EmulatorProcess) =>
  until(
    'every device at the newest key',
    async () => (await api.serverKeys.list())[0]?.machines === MACHINES,
  );

test('devices move to a new key over a kill -9 of everything, and a second one, and go on obeying', async (context) => {
  const { path: directory, remove } = scratchDirectory('server-key');
  atEnd(context, remove);
  const fleet = join(directory, 'fleet.json');
  await writeFile(
    fleet,
    JSON.stringify({ machines: [{ name: 'ws-#.cordon.test', count: MACHINES, delay: 0 }] }),
  );
  const words = ['--data', join(directory, 'data'), '--fleet', fleet];
  const names = Array.from({ length: MACHINES }, (_, index) => `ws-${index + 1}.cordon.test`);
  const all = async (verb: 'restrict' | 'unrestrict', url: string) => {
    const ran = await runCordon([verb, ...names, '--comment', 'test', '--wait', '--emulator', '--url', url]);
    assert.equal(ran.status, 0, ran.stderr);
  };

  const first = await startEmulatorProcess(words);
  const rotated = await runCordon(['server-key', 'rotate', '--json', '--emulator', '--url', first.url]);
  assert.equal(rotated.status, 0, rotated.stderr);
  // Some have moved by now, some not: all of it ends in the middle.
  await first.end('SIGKILL');

  const second = await startEmulatorProcess(words);
  await all('restrict', second.url);
  await moved(second);
  assert.equal((await second.api.serverKeys.list())[0]?.id, JSON.parse(rotated.stdout).id);
  await second.api.serverKeys.rotate();
  await all('unrestrict', second.url);
  await moved(second);
  const [, old, oldest] = await second.api.serverKeys.list();
  for (const key of [old, oldest]) await second.api.serverKeys.revoke(key?.id ?? '');
  await second.end('SIGKILL');

  await using third = await startEmulatorProcess(words);
  await all('restrict', third.url);
});
