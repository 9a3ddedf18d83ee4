import { type RunningEmulator, startEmulator } from '../../src/emulator/emulate.ts';

/** An emulator in this process that acts at once, limits nothing and says nothing. */
export const startQuietEmulator = (): Promise<RunningEmulator> =>
  startEmulator({
    data: null,
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: null,
    tls: null,
    fleetFile: null,
    rateLimit: null,
    delay: 0,
    reset: false,
    allowRemote: false,
    secret: null,
    logLevel: 'silent',
  });
