/** A server that is lost and comes back from a backup: its devices converge on what the backup wants. */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { agentHere, enrolAgentProcess } from '../kit/agent-process.ts';
import { atEnd } from '../kit/at-end.ts';
import { scratchDirectory } from '../kit/leftovers.ts';
import { runCordon, until } from '../kit/processes.ts';
import { startServerProcess } from '../kit/server-process.ts';

test('a device that has gone on since the backup goes back to what the backup wants, and proves it', {
  timeout: 300_000,
}, async (context) => {
  const scratch = scratchDirectory('restore');
  atEnd(context, () => scratch.remove());
  const server = await startServerProcess();
  atEnd(context, () => server[Symbol.asyncDispose]());
  const { api, url } = server;
  const token = await server.enrolmentToken();
  const agent = await enrolAgentProcess(agentHere(), { url, token, driver: 'simulated' });
  atEnd(context, () => agent[Symbol.asyncDispose]());
  await agent.start();
  const ask = async (verb: 'restrict' | 'unrestrict') => {
    const action = await api[verb](agent.machineId, { comment: 'Before the loss' });
    assert.equal((await api.waitFor(action.id, { timeout: 60_000 })).status, 'Succeeded');
    return action.id;
  };
  const kept = await ask('restrict');

  const backup = join(scratch.path, 'cordon.db');
  const made = await runCordon(['store', 'backup', backup, '--data', server.data, '--json']);
  assert.equal(made.status, 0, made.stderr);
  assert.equal((JSON.parse(made.stdout) as { actions: number }).actions, 1);
  const lost = [await ask('unrestrict'), await ask('restrict'), await ask('unrestrict')];
  assert.equal((await agent.status()).controls[0]?.observed, 'unrestricted');

  await server.kill();
  const refused = await runCordon(['store', 'restore', backup, '--data', server.data]);
  assert.deepEqual([refused.status, refused.stdout], [3, '']);
  assert.match(refused.stderr, /is not overwritten/);
  await rename(server.data, join(scratch.path, 'lost'));
  const restored = await runCordon(['store', 'restore', backup, '--data', server.data]);
  assert.equal(restored.status, 0, restored.stderr);
  assert.match(restored.stdout, /1 actions of 1 machines/);
  await agent.stop();
  await server.start();
  const state = async () => (await api.machineState(agent.machineId)).controls[0];
  assert.equal((await state())?.assurance, 'unproven', 'nobody has seen it since');
  await agent.start();

  await until('the server has its proof', async () => (await state())?.assurance === 'proven');
  const [control] = (await agent.status()).controls;
  assert.deepEqual([control?.wanted, control?.observed, control?.proven], ['restricted', 'restricted', true]);
  assert.equal((await api.action(kept)).status, 'Succeeded');
  for (const id of lost) await assert.rejects(api.action(id), { code: 'ResourceNotFound' });
  await ask('unrestrict');
  assert.equal((await agent.status()).controls[0]?.observed, 'unrestricted', 'it takes new orders too');
});
