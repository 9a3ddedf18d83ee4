/** SQLite's disk is full: calls that write get 503, reads go on, and it recovers by itself. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type Client, client } from '../../src/sdk/index.ts';
import { agentHere, enrolAgentProcess } from '../kit/agent-process.ts';
import { atEnd } from '../kit/at-end.ts';
import { scratchDirectory } from '../kit/leftovers.ts';
import { follow, spawnCordon, until } from '../kit/processes.ts';
import { freePort, readAdministrator } from '../kit/server-process.ts';
import { diskOf, onSmallDisk, whyNoSmallDisk } from '../kit/small-disk.ts';

const skip = whyNoSmallDisk() ?? false;

/** A server whose data are on a disk of so many megabytes, with a simulated device. */
async function startOnDisk(context: TestContext, megabytes: number) {
  const scratch = scratchDirectory('full');
  atEnd(context, () => scratch.remove());
  const listen = `127.0.0.1:${await freePort()}`;
  const url = `http://${listen}`;
  const words = ['serve', '--data', scratch.path, '--listen', listen, '--rate-limit', 'off'];
  const running = follow(spawnCordon(words, {}, onSmallDisk(scratch.path, megabytes)));
  atEnd(context, async () => {
    running.child.kill('SIGKILL');
    await running.exit;
  });
  await running.logged(({ msg }) => msg === 'Cordon serves');
  const disk = diskOf(running.child.pid!, scratch.path);
  const credentials = await readAdministrator(disk.path);
  const { token } = await client({ url, credentials }).enrolmentTokens.create({});
  const agent = await enrolAgentProcess(agentHere(), { url, token, driver: 'simulated' });
  atEnd(context, () => agent[Symbol.asyncDispose]());
  return { url, credentials, disk, agent, machine: agent.machineId, running };
}

test('a full disk: writes get 503 with Retry-After, reads go on, and all is well once there is room', {
  skip,
}, async (context) => {
  const { url, credentials, disk, agent, machine, running } = await startOnDisk(context, 16);
  const api = client({ url, credentials, retry: { attempts: 1 } });
  await agent.start();
  const before = await api.restrict(machine, { comment: 'There is room' });
  await api.waitFor(before.id, { timeout: 60_000 });

  disk.fill();
  await refused(api, machine);
  assert.equal((await api.action(before.id)).status, 'Succeeded', 'reads go on');
  assert.equal((await fetch(`${url}/readyz`)).status, 503);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);

  disk.empty();
  await until('it is ready again', async () => (await fetch(`${url}/readyz`)).status === 200);
  const after = await api.unrestrict(machine, { comment: 'There is room again' });
  assert.equal((await api.waitFor(after.id, { timeout: 60_000 })).status, 'Succeeded');
  assert.ok(!running.hasExited());
});

/** Asks until the disk is met as full; what was accepted before it is ended, so that the machine is free. */
async function refused(api: Client, machine: string): Promise<void> {
  const error = await until('a write is refused', async () => {
    try {
      const action = await api.unrestrict(machine, { comment: 'x'.repeat(4000) });
      await api.waitFor(action.id, { timeout: 60_000 });
      return null;
    } catch (refusal) {
      return refusal as { code?: string; status?: number; retryAfter?: number };
    }
  });
  assert.deepEqual([error.status, error.code], [503, 'ServiceUnavailable']);
  assert.ok((error.retryAfter ?? 0) > 0);
}
