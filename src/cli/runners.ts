import type {
  AgentDoctorOptions,
  AgentEnrolOptions,
  AgentInstallOptions,
  AgentRunOptions,
  AgentStatusOptions,
  AgentTrustOptions,
  AgentUninstallOptions,
  DemoOptions,
  DoctorReport,
  EmulateOptions,
  ServeOptions,
} from '../contract/run-options.ts';

/** The verbs of a device. */
export interface AgentRunners {
  readonly agentEnrol: (options: AgentEnrolOptions, signal: AbortSignal) => Promise<object>;
  readonly agentRun: (options: AgentRunOptions, signal: AbortSignal) => Promise<void>;
  readonly agentInstall: (options: AgentInstallOptions, signal: AbortSignal) => Promise<object>;
  readonly agentUninstall: (options: AgentUninstallOptions) => Promise<object>;
  readonly agentDoctor: (options: AgentDoctorOptions) => Promise<DoctorReport>;
  readonly agentTrust: (options: AgentTrustOptions) => Promise<object>;
  readonly agentStatus: (options: AgentStatusOptions) => Promise<object>;
}

/**
 * The verbs whose work is in other rooms. Each loads its room when it is called, resolves when the work is over or
 * `signal` has ended it in order, and rejects when it could not start.
 */
export interface Runners extends AgentRunners {
  readonly serve: (options: ServeOptions, signal: AbortSignal) => Promise<void>;
  readonly emulate: (options: EmulateOptions, signal: AbortSignal) => Promise<void>;
  readonly demo: (options: DemoOptions, signal: AbortSignal) => Promise<void>;
}
