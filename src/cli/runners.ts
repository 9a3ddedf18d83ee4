import type { LoadOptions, LoadReport } from '../contract/load.ts';
import type {
  AgentDoctorOptions,
  AgentEnrolOptions,
  AgentInstallOptions,
  AgentRecoverOptions,
  AgentRunOptions,
  AgentStatusOptions,
  AgentTrustOptions,
  AgentUninstallOptions,
  DemoOptions,
  DoctorReport,
  EmulateOptions,
  McpOptions,
  ServeOptions,
  StoreBackupOptions,
  StoreBackupProgress,
  StoreBackupReport,
  StoreCopied,
  StoreCopyOptions,
} from '../contract/run-options.ts';
import type { Client } from '../sdk/client.ts';

/** The verbs of a device. */
export interface AgentRunners {
  readonly agentEnrol: (options: AgentEnrolOptions, signal: AbortSignal) => Promise<object>;
  readonly agentRun: (options: AgentRunOptions, signal: AbortSignal) => Promise<void>;
  readonly agentInstall: (options: AgentInstallOptions, signal: AbortSignal) => Promise<object>;
  readonly agentUninstall: (options: AgentUninstallOptions) => Promise<object>;
  readonly agentDoctor: (options: AgentDoctorOptions) => Promise<DoctorReport>;
  readonly agentRecover: (options: AgentRecoverOptions) => Promise<object>;
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
  /** `setup` is for what stands around the load, `responder` for the load itself and makes each call once. */
  readonly load: (
    options: LoadOptions,
    api: { readonly setup: Client; readonly responder: Client },
    signal: AbortSignal,
    told: (status: string) => void,
  ) => Promise<LoadReport>;
  /** Speaks over the process's own streams, standard output carrying nothing else. */
  readonly mcp: (options: Omit<McpOptions, 'version'>, api: Client, signal: AbortSignal) => Promise<void>;
  readonly storeCopy: (
    options: StoreCopyOptions,
    signal: AbortSignal,
    progress: (table: string, rows: number) => void,
  ) => Promise<StoreCopied>;
  readonly storeBackup: StoreBackup;
  readonly storeRestore: StoreBackup;
}

export type StoreBackup = (
  options: StoreBackupOptions,
  progress: (progress: StoreBackupProgress) => void,
) => Promise<StoreBackupReport>;
