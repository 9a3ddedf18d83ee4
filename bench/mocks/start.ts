import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dyingWithUs, undoAtEnd } from '../../test/kit/leftovers.ts';
import { freePort } from '../../test/kit/server-process.ts';
import { installed } from './install.ts';
import type { Mock } from './table.ts';

export interface RunningMock {
  readonly child: ChildProcess;
  readonly port: number;
}

const PATIENCE = 60_000;

/**
 * A mock that answers the path with the body. Its output goes nowhere, which costs it least.
 * @throws Error that says why it cannot be measured
 */
export async function startMock(
  mock: Mock,
  directory: string,
  path: string,
  body: string,
): Promise<RunningMock> {
  const program = await installed(mock, directory);
  const canned = { port: await freePort(), body };
  const file = join(directory, `${mock.name}.json`);
  await writeFile(file, mock.file(canned));
  const [command = '', ...words] = dyingWithUs([process.execPath, program, ...mock.words(file, canned)]);
  const child = spawn(command, words, {
    cwd: directory,
    stdio: 'ignore',
    env: { ...process.env, HOME: directory },
  });
  child.once(
    'exit',
    undoAtEnd(() => child.kill('SIGKILL')),
  );
  const end = performance.now() + PATIENCE;
  while (performance.now() < end && child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${canned.port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"Comment":"is it there"}',
    }).catch(() => null);
    if (answer?.status === 201 && JSON.stringify(await answer.json()) === JSON.stringify(JSON.parse(body)))
      return { child, port: canned.port };
    await pause(100);
  }
  child.kill('SIGKILL');
  throw new Error(`${mock.package} ${mock.version} did not begin to answer the canned body.`);
}
