/** The single-file executable: what a device without Node runs. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import test, { after, before, describe } from 'node:test';
import {
  type BuiltAgent,
  buildAgentExecutable,
  executableHere,
  INSIDE_EXECUTABLE,
  putExecutableInside,
} from '../kit/agent-executable.ts';
import { agentInside, enrolAgentProcess } from '../kit/agent-process.ts';
import { assertEnded } from '../kit/ended-action.ts';
import { createFapolicydWorld, whyNoWorld } from '../kit/fapolicyd-world.ts';
import { type ServerProcess, startServerProcess } from '../kit/server-process.ts';

describe('the single-file executable of the agent', { timeout: 240_000 }, () => {
  let built: BuiltAgent;
  let server: ServerProcess;
  before(async () => {
    built = buildAgentExecutable();
    server = await startServerProcess();
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    built?.remove();
  });

  const run = async (...words: string[]) => {
    await using place = executableHere(built.path);
    return place.run(words);
  };

  test('it is one program that everybody may start and nobody but its owner may change', () => {
    const found = statSync(built.path);
    assert.equal(found.mode & 0o777, 0o755);
  });

  test('it says its version, and carries the licences of all that is in it', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    assert.deepEqual(await run('--version'), { status: 0, signal: null, stdout: `${version}\n`, stderr: '' });
    const { stdout } = await run('licences');
    for (const part of ['Apache License', 'Node.js is licensed', 'OpenSSL', 'commander'])
      assert.ok(stdout.includes(part), part);
  });

  test('it has the verbs of the device, with and without the word agent, and none of the server', async () => {
    for (const words of [['status'], ['agent', 'status']]) {
      const { status, stderr } = await run(...words, '--data', '/nowhere');
      assert.equal(status, 3);
      assert.match(stderr, /No device is enrolled in \/nowhere/);
    }
    assert.equal((await run('serve')).status, 2);
    const { stdout } = await run('--help');
    for (const verb of ['enrol', 'run', 'status']) assert.match(stdout, new RegExp(`^  ${verb} `, 'm'));
    assert.doesNotMatch(stdout, /serve|emulate/);
  });

  test('what a user puts into the environment of Node does not change what it runs', async () => {
    await using place = executableHere(built.path);
    const { running } = await place.start(['--version'], { NODE_OPTIONS: '--require /nowhere.js' });
    assert.deepEqual(await running.exit, { status: 0, signal: null });
  });

  test('it enrols a simulated device and carries an action out', async (context) => {
    const token = await server.enrolmentToken();
    const agent = await enrolAgentProcess(executableHere(built.path), {
      url: server.url,
      token,
      driver: 'simulated',
    });
    context.after(() => agent[Symbol.asyncDispose]());
    await agent.start();
    const action = await server.api.restrict(agent.machineId, { comment: 'From one file' });
    await server.api.waitFor(action.id, { timeout: 60_000 });
    await assertEnded(server.api, action.id, 'Succeeded');
    assert.deepEqual(await agent.stop(), { status: 0, signal: null });
  });

  test('with the real enforcer it trusts itself, restricts, starts again restricted, and releases', {
    skip: whyNoWorld() ?? false,
  }, async (context) => {
    // With the packages of the product, since a world without them is too small to be plausible.
    const world = await createFapolicydWorld({ packages: true });
    context.after(() => world[Symbol.asyncDispose]());
    await putExecutableInside(world, built.path);
    const place = agentInside(world, world.inside.stateDirectory, [INSIDE_EXECUTABLE]);
    const token = await server.enrolmentToken();
    const agent = await enrolAgentProcess(place, { url: server.url, token, driver: 'fapolicyd' });
    context.after(() => agent[Symbol.asyncDispose]());
    await agent.start();
    const carryOut = async (verb: 'restrict' | 'unrestrict') => {
      const action = await server.api[verb](agent.machineId, { comment: 'From one file' });
      await server.api.waitFor(action.id, { timeout: 60_000 });
      await assertEnded(server.api, action.id, 'Succeeded');
    };
    await carryOut('restrict');
    assert.equal((await world.tryUntrusted(0)).errno, 'EPERM');
    await agent.stop();
    await agent.start();
    assert.equal((await world.tryUntrusted(65_534)).errno, 'EPERM');
    await carryOut('unrestrict');
    assert.equal((await world.tryUntrusted(65_534)).ran, true);
  });
});
