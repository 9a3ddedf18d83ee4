import type { AgentRunners } from '../cli/runners.ts';

/** The verbs of a device, which are all that the single-file executable has. */
export const AGENT_RUNNERS: AgentRunners = {
  agentEnrol: async (options, signal) => (await import('../agent/main.ts')).enrolAgent(options, signal),
  agentRun: async (options, signal) => (await import('../agent/main.ts')).runAgent(options, signal),
  agentStatus: async (options) => (await import('../agent/main.ts')).agentStatus(options),
};
