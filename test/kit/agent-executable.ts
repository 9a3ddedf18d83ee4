/** The single-file executable of the agent, built anew, and places where it runs without any Node beside it. */
import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentPlace } from './agent-process.ts';
import type { FapolicydWorld } from './fapolicyd-world.ts';
import { dyingWithUs, scratchDirectory } from './leftovers.ts';
import { follow } from './processes.ts';

const BUILD = fileURLToPath(new URL('../../scripts/build-agent.ts', import.meta.url));

/** Where the executable is put inside a world. */
export const INSIDE_EXECUTABLE = '/opt/cordon-agent';

export interface BuiltAgent {
  readonly path: string;
  remove(): void;
}

/** @throws Error with what the build said */
export function buildAgentExecutable(): BuiltAgent {
  const scratch = scratchDirectory('executable');
  const path = join(scratch.path, 'cordon-agent');
  const { status, stderr } = spawnSync(process.execPath, [BUILD, '--output', path], { encoding: 'utf8' });
  if (status === 0) return { path, remove: scratch.remove };
  scratch.remove();
  throw new Error(`The executable was not built: ${stderr}`);
}

/** This machine, with nothing on the path. */
export function executableHere(path: string): AgentPlace {
  const scratch = scratchDirectory('agent');
  const begin = (words: readonly string[], environment: Record<string, string> = {}) => {
    const [program = '', ...args] = dyingWithUs([path, ...words]);
    return follow(
      spawn(program, args, { env: { PATH: '/usr/bin', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  };
  return {
    data: join(scratch.path, 'data'),
    async run(words) {
      const running = begin(words);
      return { ...(await running.exit), ...running.output() };
    },
    async start(words, environment) {
      const running = begin(words, environment);
      return { running, signal: async (name) => void running.child.kill(name) };
    },
    [Symbol.asyncDispose]: async () => scratch.remove(),
  };
}

/** Copies the executable into a world, before anything is guarded there. */
export async function putExecutableInside(world: FapolicydWorld, path: string): Promise<void> {
  const script = `cat > ${INSIDE_EXECUTABLE} && chmod 755 ${INSIDE_EXECUTABLE}`;
  const { status, stderr } = await world.run(['/usr/bin/sh', '-c', script], { input: await readFile(path) });
  if (status !== 0) throw new Error(`The executable could not be put inside: ${stderr}`);
}
