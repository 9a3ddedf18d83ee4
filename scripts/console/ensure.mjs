/** Builds the console where that is needed, before a command that serves it. Runs on Node 20 too, as scripts/setup.mjs does. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { isConsoleStale } from './stale.mjs';

/**
 * Without the pages the server runs all the same, and says at their address what is missing: a failure is told and no more.
 * @param {string} root folder of the repository
 * @param {{ node: string, say: (text: string) => void, takeGuard: () => Promise<() => void> }} means
 *   the Node that builds, where a person reads, and what makes this process the only one that builds
 */
export async function ensureConsole(root, { node, say, takeGuard }) {
  if (!isConsoleStale(root)) return;
  const release = await takeGuard();
  try {
    if (!isConsoleStale(root)) return;
    say('cordon: building the console, once after a clone or a change of it …');
    const { status } = spawnSync(node, [join(root, 'scripts', 'console-build.ts')], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    if (status !== 0)
      say('cordon: the console was not built; everything else works. Try npm run console:build.');
  } finally {
    release();
  }
}
