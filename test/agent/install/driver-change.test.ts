import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { readIdentity, writeIdentity } from '../../../src/agent/identity.ts';
import { changeDriver, keepsDriver, observesStill } from '../../../src/agent/install/driver-change.ts';
import { newKeyPair } from '../../../src/agent/jws.ts';
import { isLocked } from '../../../src/agent/lock.ts';
import { atEnd } from '../../kit/at-end.ts';
import { scratchDirectory } from '../../kit/leftovers.ts';

const IDENTITY = {
  version: 1,
  machineId: 'machine',
  tenantId: 'tenant',
  serverUrl: 'https://cordon.example.org',
  serverKey: newKeyPair().publicKey,
  privateKey: newKeyPair().privateKey,
  caFile: null,
  insecureHttp: false,
  driver: 'observe',
  epoch: 'epoch',
} as const;

async function deviceOf(context: TestContext) {
  const { path, remove } = scratchDirectory('driver-change');
  atEnd(context, remove);
  await writeIdentity(path, IDENTITY);
  const calls: string[] = [];
  let stop = async () => undefined as unknown;
  return {
    path,
    calls,
    /** An agent in another process, which ends when its service is stopped. */
    runAgent: async () => {
      const module = JSON.stringify(new URL('../../../src/agent/lock.ts', import.meta.url).href);
      const program = `import { lockStateDirectory } from ${module};
        globalThis.unlock = lockStateDirectory(${JSON.stringify(path)});
        console.log('locked'); setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
      atEnd(context, () => child.kill('SIGKILL'));
      await once(child.stdout, 'data');
      stop = () => {
        child.kill('SIGKILL');
        return once(child, 'exit');
      };
    },
    change: (restricted: boolean) =>
      changeDriver(
        path,
        'simulated',
        async (name, args) => {
          calls.push([name, ...args].join(' '));
          if (args[0] === 'stop') await stop();
          return { status: 0, signal: null, stdout: '', stderr: '', error: null };
        },
        async () => restricted,
      ),
  };
}

test('a device keeps its driver unless another one is named', () => {
  assert.ok(keepsDriver('auto', 'observe'));
  assert.ok(keepsDriver('auto', 'fapolicyd'));
  assert.ok(keepsDriver('observe', 'observe'));
  assert.ok(!keepsDriver('fapolicyd', 'observe'));
});

test('another driver replaces nothing else of the identity, and a service that does not run is left alone', async (context) => {
  const { path, calls, change } = await deviceOf(context);
  await change(false);
  assert.deepEqual(await readIdentity(path), { ...IDENTITY, driver: 'simulated' });
  assert.deepEqual(calls, []);
});

test('the agent that runs is stopped first, and stays so for the step that starts it', async (context) => {
  const { path, calls, change, runAgent } = await deviceOf(context);
  await runAgent();
  await change(false);
  assert.equal((await readIdentity(path))?.driver, 'simulated');
  assert.deepEqual(calls, ['systemctl stop cordon-agent.service']);
});

test('a device that is restricted keeps its driver, and its agent runs again', async (context) => {
  const { path, calls, change, runAgent } = await deviceOf(context);
  await runAgent();
  await assert.rejects(change(true), { code: 'configuration', message: /Release it at the server first/ });
  assert.deepEqual(await readIdentity(path), IDENTITY);
  assert.deepEqual(calls, ['systemctl stop cordon-agent.service', 'systemctl start cordon-agent.service']);
  assert.equal(isLocked(path), false);
});

test('a device that only observes after an install is told, with the line that ends it', () => {
  const line = '"cordon-agent install --url https://cordon.example.org --driver fapolicyd"';
  assert.match(observesStill('observe', line)!, /only observes.*--driver fapolicyd/);
  for (const driver of ['fapolicyd', 'simulated', null]) assert.equal(observesStill(driver, line), null);
});
