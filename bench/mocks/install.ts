import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dyingWithUs, undoAtEnd } from '../../test/kit/leftovers.ts';
import type { Mock } from './table.ts';

const PATIENCE = 240_000;

/**
 * Installs a mock with npm into a folder of the directory, without install scripts; what is there already is used again.
 * @returns the path of its program
 * @throws Error with what npm said
 */
export async function installed(mock: Mock, directory: string): Promise<string> {
  const folder = join(directory, mock.package.replace('/', '-'));
  const command = join(folder, 'node_modules', mock.program);
  if (existsSync(command)) return command;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  const [program = '', ...words] = dyingWithUs([
    ...['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel', 'error'],
    `${mock.package}@${mock.version}`,
  ]);
  const npm = spawn(program, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const limit = setTimeout(() => npm.kill('SIGKILL'), PATIENCE);
  const done = undoAtEnd(() => npm.kill('SIGKILL'));
  let story = '';
  npm.stderr.setEncoding('utf8').on('data', (text: string) => {
    story += text;
  });
  const [status, signal] = (await once(npm, 'close')) as [number | null, string | null];
  clearTimeout(limit);
  done();
  if (status === 0) return command;
  const said = story.trim().split('\n').slice(0, 3).join(' ');
  throw new Error(`${mock.package} ${mock.version} could not be installed (${signal ?? status}): ${said}`);
}
