import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { undoAtEnd } from '../../test/kit/leftovers.ts';
import { freePort } from '../../test/kit/server-process.ts';
import { median } from '../submit/measure.ts';
import type { Part } from './part.ts';

const BUILD = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url));
const PATIENCE = 60_000;

/**
 * From the start of the process to its first answer, as the package of npm is started, on an existing database and with Node's
 * compile cache warm. The first start makes both and does not count.
 */
export const start: Part = {
  name: 'start',
  figures: ['startMs'],
  how: "the server of the emitted package as its user starts it, over and over on one database, until `/readyz` answers. The first start makes the database and Node's compile cache and does not count.",
  minutes: 0.5,
  async run({ starts }, { directory, say }) {
    const folder = join(directory, 'package');
    const built = spawnSync(process.execPath, [BUILD, '--output', folder], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`The package cannot be emitted: ${built.stderr}`);
    const times: number[] = [];
    for (let turn = 0; turn <= starts; turn += 1) {
      const milliseconds = await oneStart(join(folder, 'lib/bin/start.cjs'), directory);
      say(
        `${turn === 0 ? 'first start, which does not count' : `start ${turn}`}: ${milliseconds.toFixed(0)} ms`,
      );
      if (turn > 0) times.push(milliseconds);
    }
    return { figures: { startMs: Math.round(median(times)) } };
  },
};

async function oneStart(command: string, directory: string): Promise<number> {
  const port = await freePort();
  const begin = performance.now();
  const child = spawn(
    process.execPath,
    [
      command,
      ...['serve', '--data', join(directory, 'data'), '--listen', `127.0.0.1:${port}`, '--log-level', 'warn'],
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compile-cache') },
    },
  );
  // Not through another program, which would be part of the time.
  child.once(
    'exit',
    undoAtEnd(() => child.kill('SIGKILL')),
  );
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null || performance.now() - begin > PATIENCE)
        throw new Error('The server of the benchmark did not begin to answer.');
      await pause(2);
    }
    return performance.now() - begin;
  } finally {
    await ended(child);
  }
}

/** Whether a call is answered with 200. A bare socket, whose cost is the smallest beside the server's start. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const parts: string[] = [];
    const socket = connect(port, '127.0.0.1').setEncoding('latin1');
    socket.on('connect', () =>
      socket.write('GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n'),
    );
    socket.on('data', (part: string) => void parts.push(part));
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(parts.join('').startsWith('HTTP/1.1 200')));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
