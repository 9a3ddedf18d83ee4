import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { describe, type TestContext } from 'node:test';
import { isLocked, lockStateDirectory } from '../../src/agent/lock.ts';
import { agentStatus, agentTrust, enrolAgent, runAgent } from '../../src/agent/main.ts';
import { AGENT_VERSION } from '../../src/agent/version.ts';
import { atEnd } from '../kit/at-end.ts';
import { type DeviceServer, startDeviceServer } from '../kit/device-server.ts';
import { temporaryDirectory } from './kit.ts';

const soon = () => AbortSignal.timeout(10_000);

async function prepared(context: TestContext) {
  const server = await startDeviceServer();
  atEnd(context, () => server.close());
  const data = join(await temporaryDirectory(context), 'state');
  const enrolment = (changes: object = {}) => ({
    url: server.url,
    token: server.token,
    data,
    driver: 'simulated',
    caFile: null,
    ...changes,
  });
  return { server, data, enrolment };
}

/** Runs the agent until `work` is over. */
async function running(data: string, work: () => Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const run = runAgent({ data, logLevel: 'silent', waitSeconds: 5 }, stop.signal, {});
  try {
    await Promise.race([work(), run.then(() => assert.fail('the agent ended by itself'))]);
  } finally {
    stop.abort();
    await run;
  }
}

const proof = (server: DeviceServer, generation: number) => () =>
  server.report((report) => report.kind === 'outcome' && report.generation === generation);

describe('cordon agent', () => {
  test('enrols, runs, carries an order out, and tells how it stands', async (context) => {
    const { server, data, enrolment } = await prepared(context);
    const enrolled = await enrolAgent(enrolment(), soon(), {});
    assert.equal(enrolled.machineId, server.machineId);
    assert.equal(enrolled.serverKey, server.serverKey);
    assert.equal(enrolled.running, false);
    const [request] = server.enrolments;
    assert.equal(request?.facts.osPlatform, 'Linux');
    assert.equal(request?.facts.agentVersion, AGENT_VERSION);
    assert.deepEqual(request?.facts.drivers, [
      { control: 'codeExecution', driver: 'simulated', version: null },
    ]);
    server.want('restricted');
    await running(data, async () => {
      await proof(server, 1)();
      await server.waiting();
      assert.equal((await agentStatus({ data })).running, true);
    });
    const status = await agentStatus({ data });
    assert.equal(status.running, false);
    assert.equal(status.reportsWaiting, 0);
    assert.deepEqual(
      status.controls.map(({ wanted, observed, proven, generation }) => ({
        wanted,
        observed,
        proven,
        generation,
      })),
      [{ wanted: 'restricted', observed: 'restricted', proven: true, generation: 1 }],
    );
    assert.doesNotMatch(JSON.stringify(status), /privateKey|puppet-token/);
  });

  test('calls nothing proven where nothing is wanted', async (context) => {
    const { server, data, enrolment } = await prepared(context);
    await enrolAgent({ ...enrolment(), driver: 'observe' }, soon(), {});
    assert.deepEqual((await agentStatus({ data })).controls, [], 'nothing was ever asked');
    server.want('unmanaged');
    await running(data, proof(server, 1));
    const [control] = (await agentStatus({ data })).controls;
    assert.deepEqual([control?.wanted, control?.proven], ['unmanaged', null]);
    assert.match(control?.reason ?? '', /nothing to prove/);
  });

  test('takes the driver that fits when none is named, and tells the server which', async (context) => {
    const { server, enrolment } = await prepared(context);
    const { driver } = await enrolAgent(enrolment({ driver: 'auto' }), soon(), {});
    assert.ok(['fapolicyd', 'observe'].includes(driver), driver);
    assert.deepEqual(
      server.enrolments[0]?.facts.drivers.map((one) => [one.control, one.driver]),
      [['codeExecution', driver]],
    );
  });

  test('keeps its files to its owner, and the token nowhere', async (context) => {
    const { server, data, enrolment } = await prepared(context);
    await enrolAgent(enrolment(), soon(), {});
    assert.equal((await stat(data)).mode & 0o777, 0o700);
    for (const file of await readdir(data)) {
      assert.equal((await stat(join(data, file))).mode & 0o777, 0o600, file);
      assert.ok(!(await readFile(join(data, file), 'utf8')).includes(server.token), file);
    }
  });

  test('enrolled again at the same server replaces its key by the old key’s signature', async (context) => {
    const { server, data, enrolment } = await prepared(context);
    assert.equal((await enrolAgent(enrolment(), soon(), {})).enrolment, 'new machine');
    assert.equal((await enrolAgent(enrolment(), soon(), {})).enrolment, 'key replaced');
    const [first, second] = server.enrolments;
    assert.notEqual(first?.publicKey, second?.publicKey);
    assert.equal(second?.replaces?.machineId, server.machineId);
    server.want('restricted');
    await running(data, proof(server, 1));
  });

  test('enrolled again keeps what it remembers of the device, such as what its owner had', async (context) => {
    const { data, enrolment } = await prepared(context);
    await enrolAgent(enrolment(), soon(), {});
    const kept = ['fapolicyd-baseline.json', 'fapolicyd-record.json'];
    for (const name of kept) await writeFile(join(data, name), `{"of":"${name}"}`);
    await enrolAgent(enrolment(), soon(), {});
    for (const name of kept) assert.equal(await readFile(join(data, name), 'utf8'), `{"of":"${name}"}`);
  });

  test('whose enrolment was refused tries again with the same key, and nothing is enrolled meanwhile', async (context) => {
    const { server, data, enrolment } = await prepared(context);
    await assert.rejects(enrolAgent(enrolment({ token: 'wrong' }), soon(), {}), {
      code: 'refused',
      message: /403/,
    });
    await assert.rejects(agentStatus({ data }), { code: 'configuration', message: /No device is enrolled/ });
    const pending = JSON.parse(await readFile(join(data, 'identity.pending.json'), 'utf8')) as {
      privateKey: string;
    };
    await enrolAgent(enrolment(), soon(), {});
    const identity = JSON.parse(await readFile(join(data, 'identity.json'), 'utf8')) as {
      privateKey: string;
    };
    assert.equal(identity.privateKey, pending.privateKey);
    assert.ok(!(await readdir(data)).includes('identity.pending.json'));
    assert.equal(server.enrolments.length, 1);
  });

  test('keeps a server key that was replaced, over a restart', async (context) => {
    const { server, data, enrolment } = await prepared(context);
    await enrolAgent(enrolment(), soon(), {});
    const key = server.rotateKey();
    server.want('restricted');
    await running(data, proof(server, 1));
    assert.equal((await agentStatus({ data })).serverKey, key);
    server.want('unrestricted');
    await running(data, proof(server, 2));
  });

  test('refuses to run twice on one directory, and to enrol while it runs', async (context) => {
    const { server, data, enrolment } = await prepared(context);
    await enrolAgent(enrolment(), soon(), {});
    await running(data, async () => {
      await server.waiting();
      const refused = { code: 'configuration', message: /Another agent runs .*systemctl stop cordon-agent/ };
      await assert.rejects(runAgent({ data, logLevel: 'silent' }, soon(), {}), refused);
      await assert.rejects(enrolAgent(enrolment(), soon(), {}), refused);
    });
  });

  for (const driver of ['observe', 'simulated']) {
    test(`answers at once that the driver ${driver} prepares nothing, while the agent runs and after`, async (context) => {
      const { server, data, enrolment } = await prepared(context);
      await enrolAgent(enrolment({ driver }), soon(), {});
      const trust = async () => (await agentTrust({ data, afterPackages: false })).state;
      await running(data, async () => {
        await server.waiting();
        assert.equal(await trust(), 'nothing');
      });
      assert.equal(await trust(), 'nothing');
    });
  }

  const REFUSED: readonly [name: string, changes: object, message: RegExp][] = [
    ['plain HTTP to another host', { url: 'http://cordon.example.org' }, /not encrypted/],
    ['an address that is none', { url: 'cordon' }, /not the address of a server/],
    ['an address with a password', { url: 'https://a:b@cordon.example.org' }, /no credentials/],
    ['a driver that does not exist', { driver: 'constructor' }, /no driver constructor/],
    ['certificates that are not there', { caFile: '/nonexistent.pem' }, /cannot be read/],
  ];
  for (const [name, changes, message] of REFUSED) {
    test(`refuses ${name} before it sends anything`, async (context) => {
      const { server, enrolment } = await prepared(context);
      await assert.rejects(enrolAgent(enrolment(changes), soon(), {}), { code: 'configuration', message });
      assert.equal(server.enrolments.length, 0);
    });
  }

  test('refuses a directory into which others may write, to enrol and to run', async (context) => {
    const { data, enrolment } = await prepared(context);
    const open = await temporaryDirectory(context);
    await chmod(open, 0o777);
    await assert.rejects(enrolAgent(enrolment({ data: open }), soon(), {}), { message: /written by others/ });
    await enrolAgent(enrolment(), soon(), {});
    await chmod(data, 0o720);
    await assert.rejects(runAgent({ data, logLevel: 'silent' }, soon(), {}), {
      message: /written by others/,
    });
  });

  test('refuses an identity that is damaged', async (context) => {
    const { data, enrolment } = await prepared(context);
    await enrolAgent(enrolment(), soon(), {});
    await writeFile(join(data, 'identity.json'), '{"version":1}');
    await assert.rejects(agentStatus({ data }), { code: 'configuration', message: /damaged/ });
  });

  test('refuses a crash switch that names no step', async (context) => {
    const { data, enrolment } = await prepared(context);
    await enrolAgent(enrolment(), soon(), {});
    for (const CORDON_AGENT_CRASH_AT of ['nowhere', 'applied:0', 'applied:x', ':1']) {
      const running = runAgent({ data, logLevel: 'silent' }, soon(), { CORDON_AGENT_CRASH_AT });
      await assert.rejects(running, { message: /is one of seen/ });
    }
  });
});

describe('the lock of a directory', () => {
  test('is free again when it is given back', async (context) => {
    const directory = await temporaryDirectory(context);
    const unlock = lockStateDirectory(directory);
    assert.equal(isLocked(directory), true);
    assert.throws(() => lockStateDirectory(directory), { code: 'configuration' });
    unlock();
    assert.equal(isLocked(directory), false);
    lockStateDirectory(directory)();
  });

  test('ends with the process that has it, however that dies', async (context) => {
    const directory = await temporaryDirectory(context);
    const module = JSON.stringify(new URL('../../src/agent/lock.ts', import.meta.url).href);
    const program = `
      import { lockStateDirectory } from ${module};
      globalThis.unlock = lockStateDirectory(${JSON.stringify(directory)});
      console.log('locked');
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
    atEnd(context, () => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    assert.equal(isLocked(directory), true);
    assert.throws(() => lockStateDirectory(directory), /Another agent runs/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockStateDirectory(directory)();
  });
});

test('the agent’s version is the package’s', async () => {
  const file = new URL('../../package.json', import.meta.url);
  assert.equal((JSON.parse(await readFile(file, 'utf8')) as { version: string }).version, AGENT_VERSION);
});
