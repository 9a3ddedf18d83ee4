import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Io } from '../cli/io.ts';

/** Status of a process that a second signal ends at once: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** The process as the command sees it. The first SIGINT or SIGTERM aborts the signal, the second ends at once. */
export function processIo(host: NodeJS.Process): Io {
  const { stdin, stdout, stderr } = host;
  const signal = signalOf(host);
  for (const stream of [stdout, stderr]) stream.on('error', endOnClosedPipe);
  return {
    stdout,
    stderr,
    ask: stdin.isTTY && stderr.isTTY ? (question) => ask(question, host, signal) : null,
    environment: host.env,
    signal,
    now: () => Date.now(),
    newKey: () => randomUUID(),
    readFile: (path) => readFile(path, 'utf8'),
    trust: (pem) => setDefaultCACertificates([...getCACertificates('default'), pem]),
  };
}

/** A reader that has seen enough, such as `head`, is no failure. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

function signalOf(host: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) host.exit(INTERRUPTED);
    controller.abort(new Error('interrupted'));
  };
  host.on('SIGINT', stop).on('SIGTERM', stop);
  return controller.signal;
}

/** One line of the person; an empty one when the input ends. Ctrl+C counts as the signal that it is elsewhere. */
async function ask(question: string, host: NodeJS.Process, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: host.stdin, output: host.stderr });
  lines.on('SIGINT', () => host.emit('SIGINT'));
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}
