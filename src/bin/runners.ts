import type { Runners } from '../cli/runners.ts';
import { AGENT_RUNNERS } from './agent-runners.ts';

/** Each verb loads its room when it is called, so that `cordon --help` loads none. */
export const RUNNERS: Runners = {
  ...AGENT_RUNNERS,
  serve: async (options, signal) => (await import('../server/serve.ts')).serve(options, signal),
  emulate: async (options, signal) => (await import('../emulator/emulate.ts')).emulate(options, signal),
  demo: async (options, signal) => (await import('./demo.ts')).demo(options, signal),
};
