import type { Runners } from '../cli/runners.ts';

/** Each verb loads its room when it is called, so that `cordon --help` loads none. */
export const RUNNERS: Runners = {
  serve: async (options, signal) => (await import('../server/serve.ts')).serve(options, signal),
  emulate: async (options, signal) => (await import('../emulator/emulate.ts')).emulate(options, signal),
  demo: async (options, signal) => (await import('./demo.ts')).demo(options, signal),
  agentEnrol: async (options, signal) => (await import('../agent/main.ts')).enrolAgent(options, signal),
  agentRun: async (options, signal) => (await import('../agent/main.ts')).runAgent(options, signal),
  agentStatus: async (options) => (await import('../agent/main.ts')).agentStatus(options),
  agentRecover: async (options) => (await import('../agent/main.ts')).recoverAgent(options),
};
