import assert from 'node:assert/strict';
import test from 'node:test';
import type { LoadOptions } from '../../src/contract/load.ts';
import { LOADED, runCommand } from '../kit/command.ts';

const WORDS = ['load', '--emulator', '--url', 'http://127.0.0.1:8080'];

test('a load run is told what was written, and gives itself a name', async () => {
  const { status, ran } = await runCommand([...WORDS, '--devices', '5', '--rate', '0.5', '--duration', '1m']);
  assert.equal(status, 0);
  const { run, ...rest } = ran.load as LoadOptions;
  assert.match(run, /^[0-9a-f]{6}$/);
  assert.deepEqual(rest, {
    url: 'http://127.0.0.1:8080',
    devices: 5,
    rate: 0.5,
    duration: 60_000,
    ramp: 0,
    seed: 1,
    delay: 0,
    patience: 30_000,
    enrolmentToken: null,
    cleanup: false,
    memory: null,
  });
});

test('the figures are a table for people, and one document for scripts', async () => {
  const { stdout } = await runCommand(WORDS);
  assert.match(stdout, /load-1 to load-2, tag cordon-load/);
  assert.match(stdout, /^answer 201 +3 +4\.2 ms +9\.0 ms +12\.5 ms +13\.0 ms$/m);
  assert.match(stdout, /At the server: Succeeded 3\./);
  assert.match(stdout, /Calls that failed: TooManyRequests 7\. Exchanges that failed: none\./);
  assert.match(stdout, /1 machines are left restricted/);
  const json = await runCommand([...WORDS, '--json']);
  assert.deepEqual(JSON.parse(json.stdout), LOADED);
  assert.equal(json.stderr, '');
});

test('what cannot be a load is refused before anything is asked', async () => {
  for (const wrong of [
    ['--rate', '0'],
    ['--devices', '0'],
    ['--run', 'Big Run'],
    ['--server-pid', '1', '--metrics', 'http://127.0.0.1:9464/metrics'],
  ]) {
    const { status, ran } = await runCommand([...WORDS, ...wrong]);
    assert.equal(status, 2, wrong.join(' '));
    assert.deepEqual(ran, {});
  }
});
