/** `cordon agent run` as a process of its own, here or inside a private world. */
import { join } from 'node:path';
import type { AgentStatus } from '../../src/agent/status.ts';
import type { FapolicydWorld } from './fapolicyd-world.ts';
import { scratchDirectory } from './leftovers.ts';
import { type Exit, follow, type RunningProcess, runCordon, spawnCordon } from './processes.ts';

/** Where processes of the agent run. */
export interface AgentPlace extends AsyncDisposable {
  /** The agent's own directory there. */
  readonly data: string;
  run(words: readonly string[]): Promise<Exit & { stdout: string; stderr: string }>;
  start(words: readonly string[], environment: Record<string, string>): Promise<Started>;
}

interface Started {
  readonly running: RunningProcess;
  signal(name: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface AgentProcess extends AsyncDisposable {
  readonly machineId: string;
  /** Starts it and waits until it works. @param crashAt step at which it kills itself */
  start(crashAt?: string): Promise<RunningProcess>;
  isRunning(): boolean;
  /** `kill -9`, and waits until it is gone; nothing where none runs. */
  kill(): Promise<void>;
  /** Asks it to end, as a service manager does. */
  stop(): Promise<Exit>;
  status(): Promise<AgentStatus>;
}

/** A place for simulated devices: this machine. */
export function agentHere(): AgentPlace {
  const scratch = scratchDirectory('agent');
  return {
    data: join(scratch.path, 'data'),
    run: runCordon,
    async start(words, environment) {
      const running = follow(spawnCordon(words, environment));
      return { running, signal: async (name) => void running.child.kill(name) };
    },
    [Symbol.asyncDispose]: async () => scratch.remove(),
  };
}

/** A place inside a world. @param cordon the command there; the preset is the one that a world may be made with */
export function agentInside(
  world: FapolicydWorld,
  data: string = world.inside.stateDirectory,
  cordon: readonly string[] = [world.inside.node, world.inside.command],
): AgentPlace {
  return {
    data,
    run: (words) => world.run([...cordon, ...words]),
    async start(words, environment) {
      // Signals reach only the program that enters the world, so the world must be told the number of the one inside.
      const say = ['/usr/bin/sh', '-c', 'echo $$; exec "$@"', 'say', ...cordon, ...words];
      const running = follow(world.spawnInside(say, environment));
      const number = () => running.output().stdout.split('\n')[0]!;
      return {
        running,
        signal: async (name) => void (await world.run(['/usr/bin/kill', `-${name.slice(3)}`, number()])),
      };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Enrols a device at a place; its agent is started by the test. */
export async function enrolAgentProcess(
  place: AgentPlace,
  { url, token, driver }: { url: string; token: string; driver: string },
): Promise<AgentProcess> {
  const { data } = place;
  const enrolment = ['agent', 'enrol', '--url', url, '--token', token, '--data', data, '--driver', driver];
  const enrolled = await place.run([...enrolment, '--json']);
  if (enrolled.status !== 0) throw new Error(`The device was not enrolled: ${JSON.stringify(enrolled)}`);
  const { machineId } = JSON.parse(enrolled.stdout) as AgentStatus;
  let started: Started | null = null;

  const end = async (name: 'SIGKILL' | 'SIGTERM'): Promise<Exit> => {
    if (started === null) throw new Error('The agent was never started.');
    await started.signal(name);
    return started.running.exit;
  };
  const isRunning = () => started !== null && !started.running.hasExited();
  return {
    machineId,
    isRunning,
    async start(crashAt) {
      const environment: Record<string, string> =
        crashAt === undefined ? {} : { CORDON_AGENT_CRASH_AT: crashAt };
      started = await place.start(['agent', 'run', '--data', data], environment);
      await started.running.logged(({ event }) => event === 'agent started');
      return started.running;
    },
    kill: async () => void (isRunning() && (await end('SIGKILL'))),
    stop: () => end('SIGTERM'),
    async status() {
      const { stdout } = await place.run(['agent', 'status', '--data', data, '--json']);
      return JSON.parse(stdout) as AgentStatus;
    },
    async [Symbol.asyncDispose]() {
      if (isRunning()) await end('SIGKILL');
      await place[Symbol.asyncDispose]();
    },
  };
}
