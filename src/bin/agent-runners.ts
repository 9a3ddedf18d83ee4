import type { AgentRunners } from '../cli/runners.ts';

/** The verbs of a device, which are all that the single-file executable has. */
export const AGENT_RUNNERS: AgentRunners = {
  agentEnrol: async (options, signal) => (await import('../agent/main.ts')).enrolAgent(options, signal),
  agentRun: async (options, signal) => (await import('../agent/main.ts')).runAgent(options, signal),
  agentInstall: async (options, signal) => (await import('../agent/main.ts')).agentInstall(options, signal),
  agentUninstall: async (options) => (await import('../agent/main.ts')).agentUninstall(options),
  agentDoctor: async (options) => (await import('../agent/main.ts')).agentDoctor(options),
  agentTrust: async (options) => (await import('../agent/main.ts')).agentTrust(options),
  agentStatus: async (options) => (await import('../agent/main.ts')).agentStatus(options),
  agentRecover: async (options) => (await import('../agent/main.ts')).recoverAgent(options),
};
