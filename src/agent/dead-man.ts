import { readFile, rm } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import { identityOf, isSame, type ProcessIdentity, signal } from './daemon-process.ts';
import { writeFileDurably } from './durable-file.ts';
import { describeFailure, type Execute, startDetached } from './exec.ts';
import type { ServiceControlKind } from './service-control.ts';
import { until } from './until.ts';

/**
 * A process that undoes a restriction on trial unless it is confirmed in time, whatever happens to the agent. It runs,
 * with all that it needs in memory, before anything is refused: a timer that first had to start a program could be
 * refused by the very restriction it is to undo.
 */
export interface DeadMan {
  /** Starts it for a trial, in the place of one before; null when it watches, else one sentence for a person. */
  arm(trial: string): Promise<string | null>;
  /** Ends it, if one runs. */
  disarm(): Promise<void>;
}

interface Tools {
  readonly execute: Execute<'systemd-run'>;
  readonly clock: Clock;
  /** Program, by absolute path, and arguments that make a process watch; the name of the trial is added. */
  readonly command: readonly string[];
  /** Where the process says that it watches. */
  readonly file: string;
}

/** What a process that watches says of itself. */
interface Watching {
  readonly trial: string;
  readonly process: ProcessIdentity;
}

/** Milliseconds for the process to load what it needs; a busy machine of two cores took 3 s (measured). */
const APPEAR = 30_000;
const EVERY = 10;

/** Who starts it. The agent's own unit would take a mere child down with it, so systemd is asked for another one. */
const LAUNCHES: Readonly<
  Record<ServiceControlKind, (tools: Tools, argv: readonly string[]) => Promise<string | null>>
> = {
  systemd: async ({ execute }, argv) => {
    const words = ['--quiet', '--collect', '--service-type=exec', '--description=Cordon dead-man', '--'];
    const result = await execute('systemd-run', [...words, ...argv], { timeout: APPEAR });
    return result.status === 0 ? null : `systemd-run failed (${describeFailure(result)}).`;
  },
  direct: async (_tools, argv) => startDetached(argv),
};

export function createDeadMan(kind: ServiceControlKind, tools: Tools): DeadMan {
  const { clock, command, file } = tools;
  const disarm = async () => {
    const running = await watchingIn(file);
    // The dead-man itself has nobody to end when it undoes.
    if (running !== null && running.process.pid !== process.pid) signal(running.process.pid, 'SIGKILL');
    await rm(file, { force: true });
  };
  return {
    disarm,
    async arm(trial) {
      await disarm();
      const refused = await LAUNCHES[kind](tools, [...command, trial]);
      if (refused !== null) return `The dead-man could not be started: ${refused}`;
      const watches = async () => ((await watchingIn(file))?.trial === trial ? true : null);
      if (await until(clock, watches, { timeout: APPEAR, every: EVERY })) return null;
      return 'The dead-man, which would undo an unconfirmed restriction, was started but does not watch.';
    },
  };
}

/** Says, from the process itself, that it watches. */
export async function announce(file: string, trial: string): Promise<void> {
  const itself = await identityOf(process.pid);
  if (itself !== null) await writeFileDurably(file, JSON.stringify({ trial, process: itself }));
}

/** The process that watches now, null when none does. */
async function watchingIn(file: string): Promise<Watching | null> {
  try {
    const said = JSON.parse(await readFile(file, 'utf8')) as Watching;
    return isSame(said.process, await identityOf(said.process.pid)) ? said : null;
  } catch {
    return null;
  }
}
