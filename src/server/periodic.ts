import type { Log } from '../service/log.ts';

/**
 * Work that is repeated until it is stopped, never two at once. A failure is tried again; while it stays the same one, it is
 * logged once, and once that it is over: a database that is away for an hour fails every chore each second.
 */
export interface Periodic {
  /** Ends the repetition; resolves when a run under way is over. */
  stop(): Promise<void>;
}

/**
 * Runs `work` every `milliseconds`, the pause counted from the end of the run before.
 * @param name What the log calls it.
 */
export function repeat(name: string, milliseconds: number, log: Log, work: () => Promise<unknown>): Periodic {
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let failure: string | null = null;

  const run = async (): Promise<void> => {
    try {
      await work();
      if (failure !== null) log.info({}, `${name} works again`);
      failure = null;
    } catch (error) {
      const { message } = error as Error;
      if (message !== failure) log.error({ err: error }, `${name} failed and is tried again`);
      failure = message;
    }
    if (!stopped) plan();
  };
  const plan = () => {
    timer = setTimeout(() => {
      running = run();
    }, milliseconds);
    timer.unref();
  };
  plan();

  return {
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
