import { once } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { forked } from './forked.ts';
import type { Outcome, Part, Sizes } from './parts/part.ts';
import type { PartMessage } from './parts/process.ts';

export interface RunOptions {
  readonly sizes: Sizes;
  /** Where the part may keep what it needs; all of it is in a folder of its own. */
  readonly directory: string;
  readonly say: (text: string) => void;
  /** Milliseconds after which a part is ended. */
  readonly patience: number;
  readonly signal: AbortSignal;
}

const PROGRAM = new URL('parts/process.ts', import.meta.url);
/**
 * Ten thousand devices live in the process of a part and share the cores with what is measured. What they hold while they wait
 * outlives the young generation; four times as much of it (MB) takes a fifth less of their processor time.
 */
const YOUNG_GENERATION = '--max-semi-space-size=64';
/** Milliseconds that an ended part has to clean up. */
const GRACE = 5_000;

/**
 * Runs one part in a process of its own, so that none inherits the memory of another, and whatever goes wrong in one
 * costs its own figures only: these are null then, with the reason.
 */
export async function runPart(part: Part, options: RunOptions): Promise<Outcome> {
  const { sizes, say, patience, signal } = options;
  signal.throwIfAborted();
  const directory = join(options.directory, part.name);
  await mkdir(directory);
  // PostgreSQL runs as a user of its own, and must get through.
  await chmod(directory, 0o711);
  const child = forked(PROGRAM, [part.name, directory, JSON.stringify(sizes)], {
    execArgv: [YOUNG_GENERATION],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, TMPDIR: directory },
  });
  let outcome: Outcome | null = null;
  child.on('message', (message: PartMessage) => {
    if ('say' in message) say(message.say);
    else outcome = 'outcome' in message ? message.outcome : failed(part, message.failed);
  });
  let killed: NodeJS.Timeout | undefined;
  let why: string | null = null;
  const end = (reason: string) => {
    why = reason;
    child.kill('SIGTERM');
    killed = setTimeout(() => child.kill('SIGKILL'), GRACE);
  };
  const stopped = () => end('it was stopped');
  const limit = setTimeout(end, patience, `it took longer than ${Math.round(patience / 60_000)} minutes`);
  signal.addEventListener('abort', stopped, { once: true });
  const [status, deadBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  signal.removeEventListener('abort', stopped);
  clearTimeout(limit);
  clearTimeout(killed);
  return outcome ?? failed(part, why ?? `its process ended with ${deadBy ?? status}`);
}

function failed({ figures }: Part, reason: string): Outcome {
  return {
    figures: Object.fromEntries(figures.map((name) => [name, null])),
    reasons: Object.fromEntries(figures.map((name) => [name, reason])),
  };
}
