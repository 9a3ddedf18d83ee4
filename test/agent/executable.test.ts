/** The single-file executable: what a device without Node runs. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import test, { after, before, describe } from 'node:test';
import { canaryElf } from '../../src/agent/canary/elf.ts';
import {
  type BuiltAgent,
  buildAgentExecutable,
  executableHere,
  INSIDE_EXECUTABLE,
  putExecutableInside,
} from '../kit/agent-executable.ts';
import { type AgentPlace, agentInside, enrolAgentProcess } from '../kit/agent-process.ts';
import { atEnd } from '../kit/at-end.ts';
import { assertEnded } from '../kit/ended-action.ts';
import { createFapolicydWorld, type FapolicydWorld, whyNoWorld } from '../kit/fapolicyd-world.ts';
import { until } from '../kit/processes.ts';
import { type ServerProcess, startServerProcess } from '../kit/server-process.ts';

/** A package that arrives while the device is restricted is trusted after dpkg's hook; what only looks like one is not. */
async function assertPackagesBecomeTrusted(world: FapolicydWorld, place: AgentPlace): Promise<void> {
  const put = async (name: string, recorded: string | null) => {
    const elf = canaryElf(process.arch as 'x64' | 'arm64', 33, Buffer.from(name));
    const script = `cat > /usr/lib/${name} && chmod 755 /usr/lib/${name}`;
    assert.equal((await world.run(['/usr/bin/sh', '-c', script], { input: elf })).status, 0);
    const info = `/var/lib/dpkg/info/${name}`;
    const sum = createHash('md5')
      .update(recorded === name ? elf : 'another')
      .digest('hex');
    const record = `echo /usr/lib/${name} > ${info}.list; echo "${sum}  usr/lib/${name}" > ${info}.md5sums`;
    if (recorded !== null) await world.run(['/usr/bin/sh', '-c', record]);
  };
  const runs = async (name: string) => (await world.run([`/usr/lib/${name}`])).status === 33;
  await put('packaged', 'packaged');
  await put('replaced', 'what the package installed');
  await put('stranger', null);
  assert.equal(await runs('packaged'), false, 'before the hook');
  const renewed = await place.run(['trust', '--after-packages', '--json', '--data', place.data]);
  assert.equal(renewed.status, 0, renewed.stderr);
  const { state, detail } = JSON.parse(renewed.stdout) as { state: string; detail: string };
  assert.equal(state, 'ready');
  assert.match(detail, /left out: .*replaced/);
  assert.deepEqual(
    [await runs('packaged'), await runs('replaced'), await runs('stranger')],
    [true, false, false],
    detail,
  );
}

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
    assert.doesNotMatch(stdout, /^ {2}(serve|emulate) /m);
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
    atEnd(context, () => agent[Symbol.asyncDispose]());
    await agent.start();
    const { drivers } = await server.api.machineState(agent.machineId);
    assert.equal(drivers[0]?.readiness, undefined, 'it has nothing to prepare');
    const action = await server.api.restrict(agent.machineId, { comment: 'From one file' });
    await server.api.waitFor(action.id, { timeout: 60_000 });
    await assertEnded(server.api, action.id, 'Succeeded');
    assert.deepEqual(await agent.stop(), { status: 0, signal: null });
  });

  test('with the real enforcer it trusts itself, restricts, starts again restricted, and releases', {
    skip: whyNoWorld() ?? false,
  }, async (context) => {
    const world = await createFapolicydWorld();
    atEnd(context, () => world[Symbol.asyncDispose]());
    await putExecutableInside(world, built.path);
    const place = agentInside(world, world.inside.stateDirectory, [INSIDE_EXECUTABLE]);
    const token = await server.enrolmentToken();
    const agent = await enrolAgentProcess(place, { url: server.url, token, driver: 'fapolicyd' });
    atEnd(context, () => agent[Symbol.asyncDispose]());
    await agent.start();
    const carryOut = async (verb: 'restrict' | 'unrestrict') => {
      const action = await server.api[verb](agent.machineId, { comment: 'From one file' });
      await server.api.waitFor(action.id, { timeout: 60_000 });
      await assertEnded(server.api, action.id, 'Succeeded');
    };
    await until('the device says that it is ready', async () => {
      const { drivers } = await server.api.machineState(agent.machineId);
      return drivers[0]?.readiness?.state === 'ready';
    });
    assert.equal((await agent.status()).readiness?.state, 'ready');
    await carryOut('restrict');
    assert.equal((await world.tryUntrusted(0)).errno, 'EPERM');
    await assertPackagesBecomeTrusted(world, place);
    await agent.stop();
    await agent.start();
    assert.equal((await world.tryUntrusted(65_534)).errno, 'EPERM');
    await carryOut('unrestrict');
    assert.equal((await world.tryUntrusted(65_534)).ran, true);
  });
});
