import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dyingWithUs, undoAtEnd } from '../../test/kit/leftovers.ts';
import { freePort } from '../../test/kit/server-process.ts';
import { installed } from './install.ts';
import type { Canned, Mock } from './table.ts';

export interface RunningMock {
  readonly child: ChildProcess;
  readonly port: number;
}

const PATIENCE = 60_000;

/** What a mock is asked, and what it knows of the API. */
export interface Example extends Omit<Canned, 'port'> {
  readonly path: string;
  readonly headers: [name: string, value: string][];
}

/**
 * A mock that answers the path with the body. Its output goes nowhere, which costs it least.
 * @throws Error that says why it cannot be measured
 */
export async function startMock(
  mock: Mock,
  directory: string,
  { path, headers, ...of }: Example,
): Promise<RunningMock> {
  const program = await installed(mock, directory);
  const canned = { ...of, port: await freePort() };
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
      headers,
      body: '{"Comment":"is it there"}',
    }).catch(() => null);
    if (answer?.status === 201 && isAction(await answer.text(), mock.answersBody ? of.body : null))
      return { child, port: canned.port };
    await pause(100);
  }
  child.kill('SIGKILL');
  throw new Error(`${mock.package} ${mock.version} did not begin to answer the call.`);
}

/** @param body what it must be; null: any action */
function isAction(text: string, body: string | null): boolean {
  const value = JSON.parse(text) as { id?: unknown };
  return body === null ? value.id !== undefined : JSON.stringify(value) === JSON.stringify(JSON.parse(body));
}
