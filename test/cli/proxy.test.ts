import assert from 'node:assert/strict';
import test from 'node:test';
import { runCommand } from '../kit/command.ts';

test('a proxy is an address, a range or a name, and never everybody', async () => {
  const taken = ['loopback', '10.0.0.1', 'fd00::/8'];
  const { ran } = await runCommand(['serve', '--data', 'd', '--trust-proxy', taken.join(',')]);
  assert.deepEqual((ran.serve as { trustProxy: string[] }).trustProxy, taken);
  for (const written of ['foo', '10.0.0.0/33', '0.0.0.0/0', 'proxy.example.org']) {
    const { status, stderr } = await runCommand(['serve', '--data', 'd', '--trust-proxy', written]);
    assert.equal(status, 2);
    assert.match(stderr, /--trust-proxy takes an address, a range/);
  }
});
