import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoOptions, EmulateOptions } from '../contract/run-options.ts';
import { EMULATOR } from '../contract/well-known.ts';
import { type RunningEmulator, startEmulator } from '../emulator/emulate.ts';
import { aborted } from '../server/serve.ts';
import { tour } from './tour.ts';

/**
 * `cordon demo`: the whole main job on a fresh machine. A server with SQLite on disk and a simulated fleet, then a
 * tour over real HTTP. Stays up afterwards unless told to end.
 */
export async function demo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'cordon-demo-'));
  try {
    const emulator = await started(directory, options.exit);
    try {
      const url = emulator.server.publicUrl();
      await tour(url, emulator.machines.length, signal);
      if (options.exit) return;
      process.stdout.write(closing(url));
      await aborted(signal);
    } finally {
      await emulator.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** On the well-known address where it is free, since what one tries next names it; else on any. */
async function started(directory: string, anyPort: boolean): Promise<RunningEmulator> {
  const options: EmulateOptions = {
    data: directory,
    listen: { host: '127.0.0.1', port: anyPort ? 0 : Number(new URL(EMULATOR.url).port) },
    publicUrl: null,
    tls: null,
    fleetFile: null,
    faultsFile: null,
    rateLimit: { perMinute: 100, perHour: 1500 },
    delay: 200,
    reset: false,
    allowRemote: false,
    webhookAllow: [],
    secret: null,
    logLevel: 'error',
  };
  try {
    return await startEmulator(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    process.stderr.write(`${EMULATOR.url} is in use; the demo takes another port.\n`);
    return startEmulator({ ...options, listen: { ...options.listen, port: 0 } });
  }
}

function closing(url: string): string {
  return [
    '',
    `It stays up at ${url} until Ctrl-C. Try in another terminal:`,
    `  npm run --silent cordon -- machines --emulator --url ${url}`,
    `  npm run --silent cordon -- restrict ws-002 --comment "my own" --wait --emulator --url ${url}`,
    '',
  ].join('\n');
}
