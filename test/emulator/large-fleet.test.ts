import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import test from 'node:test';
import { createTransport } from '../../src/agent/transport.ts';
import { startEmulator } from '../../src/emulator/emulate.ts';
import { InsideAgent } from '../../src/emulator/inside-agent.ts';
import { progressTeller } from '../../src/emulator/welcome.ts';
import { connectInside } from '../../src/server/inside.ts';
import { atEnd } from '../kit/at-end.ts';
import { scratchDirectory } from '../kit/leftovers.ts';
import { LOCAL_EMULATOR } from '../kit/local-emulator.ts';

const MACHINES = 400;

const openFiles = () => readdirSync('/proc/self/fd').length;

test('a fleet needs no open file for a machine, and says how far it is', {
  skip: process.platform !== 'linux' && 'open files are counted in /proc',
}, async (context) => {
  const scratch = scratchDirectory('large-fleet');
  atEnd(context, scratch.remove);
  const fleetFile = join(scratch.path, 'fleet.json');
  writeFileSync(fleetFile, JSON.stringify({ machines: [{ name: 'ws-####.example.test', count: MACHINES }] }));
  const before = openFiles();
  const told: number[] = [];
  const emulator = await startEmulator({ ...LOCAL_EMULATOR, fleetFile }, null, (enrolled) =>
    told.push(enrolled),
  );
  atEnd(context, emulator.close);
  assert.equal(emulator.machines.length, MACHINES);
  assert.ok(openFiles() - before < 50, `${openFiles() - before} more files are open`);
  assert.deepEqual(told.slice(-1), [MACHINES]);
  assert.deepEqual(
    told,
    [...told].sort((one, other) => one - other),
  );
});

for (const secure of [false, true]) {
  test(`a connection inside a server ${secure ? 'with' : 'without'} TLS is kept, and ends at both ends`, async (context) => {
    const connections = new Set<Duplex>();
    const held = Promise.withResolvers<ServerResponse>();
    const listener: RequestListener = (incoming, outgoing) => {
      connections.add(incoming.socket);
      incoming.resume();
      if (incoming.url === '/held') held.resolve(outgoing);
      else outgoing.end(incoming.socket.remoteAddress);
    };
    const server = secure ? createTlsServer(listener) : createServer(listener);
    const agent = new InsideAgent(() => connectInside(server, secure));
    const transport = createTransport({ serverUrl: 'http://localhost', agent });
    atEnd(context, () => transport.close());
    const call = { path: '/', contentType: 'text/plain', body: 'x', timeout: 5_000 };
    const { signal } = new AbortController();
    for (let count = 0; count < 20; count += 1)
      assert.equal((await transport.post({ ...call, signal })).body, '127.0.0.1');
    assert.equal(connections.size, 1, 'one connection for all of them');
    assert.equal([...connections][0]?.listenerCount('error'), 1, 'and nothing is left on it by each');

    const given = new AbortController();
    const waiting = transport.post({ ...call, path: '/held', signal: given.signal });
    const outgoing = await held.promise;
    given.abort();
    await assert.rejects(waiting, { code: 'unreachable' });
    if (!outgoing.closed) await once(outgoing, 'close');
    assert.equal((await transport.post({ ...call, signal })).status, 200, 'the next call has a new one');
    assert.equal(connections.size, 2);
  });
}

test('a start says a line for each thousand machines but the last, so that a small fleet says nothing', () => {
  const linesOf = (of: number) => {
    const lines: string[] = [];
    const told = progressTeller((line) => lines.push(line));
    for (let running = 16; running < of; running += 16) told(running, of);
    told(of, of);
    return lines;
  };
  assert.deepEqual(linesOf(900), []);
  assert.deepEqual(linesOf(1_000), []);
  assert.deepEqual(linesOf(3_000), ['1000 of 3000 machines run\n', '2000 of 3000 machines run\n']);
});
