/**
 * What a test file must not leave behind, even when it is ended from outside before its tests could clean up. Nothing
 * helps against `kill -9` but the kernel, which is why processes are started with {@link dyingWithUs}.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const undoings = new Set<() => void>();

/** Calls `undo` when this process ends before the returned function was called, which says that it is done. */
export function undoAtEnd(undo: () => void): () => void {
  if (!process.listeners('exit').includes(undoAll)) {
    process.on('exit', undoAll);
    process.once('SIGTERM', () => process.exit(143));
    process.once('SIGINT', () => process.exit(130));
  }
  undoings.add(undo);
  return () => void undoings.delete(undo);
}

function undoAll(): void {
  for (const undo of [...undoings].reverse()) undo();
}

/** A directory for temporary files that goes with the disposal, or else with this process. */
export function scratchDirectory(name: string, parent = tmpdir()): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(parent, `cordon-${name}-`));
  // Processes that were just killed may still be at it.
  const empty = () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  const done = undoAtEnd(empty);
  return {
    path,
    remove() {
      done();
      empty();
    },
  };
}

let guarded: boolean | null = null;

/** A command that the kernel kills with this process, where it can. It keeps its process id. */
export function dyingWithUs(argv: readonly string[]): readonly string[] {
  guarded ??= process.platform === 'linux' && !spawnSync('setpriv', ['--version'], { stdio: 'ignore' }).error;
  return guarded ? ['setpriv', '--pdeathsig', 'KILL', ...argv] : argv;
}
