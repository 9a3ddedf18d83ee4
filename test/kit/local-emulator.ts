import type { EmulateOptions } from '../../src/contract/run-options.ts';
import { type RunningEmulator, startEmulator } from '../../src/emulator/emulate.ts';

/** An emulator in memory at a free port, whose devices answer at once. */
export const LOCAL_EMULATOR: EmulateOptions = {
  data: null,
  listen: { host: '127.0.0.1', port: 0 },
  publicUrl: null,
  tls: null,
  fleetFile: null,
  faultsFile: null,
  rateLimit: null,
  delay: 0,
  reset: false,
  allowRemote: false,
  webhookAllow: [],
  secret: null,
  logLevel: 'silent',
};

export const startLocalEmulator = (options: Partial<EmulateOptions> = {}): Promise<RunningEmulator> =>
  startEmulator({ ...LOCAL_EMULATOR, ...options });
