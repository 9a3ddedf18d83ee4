import type {
  AgentEnrolOptions,
  AgentRecoverOptions,
  AgentRunOptions,
  AgentStatusOptions,
  DemoOptions,
  EmulateOptions,
  ServeOptions,
  StoreBackupOptions,
  StoreBackupProgress,
  StoreBackupReport,
  StoreCopied,
  StoreCopyOptions,
} from '../contract/run-options.ts';

/**
 * The verbs whose work is in other rooms. Each loads its room when it is called, resolves when the work is over or
 * `signal` has ended it in order, and rejects when it could not start.
 */
export interface Runners {
  readonly serve: (options: ServeOptions, signal: AbortSignal) => Promise<void>;
  readonly emulate: (options: EmulateOptions, signal: AbortSignal) => Promise<void>;
  readonly demo: (options: DemoOptions, signal: AbortSignal) => Promise<void>;
  readonly storeCopy: (
    options: StoreCopyOptions,
    signal: AbortSignal,
    progress: (table: string, rows: number) => void,
  ) => Promise<StoreCopied>;
  readonly agentEnrol: (options: AgentEnrolOptions, signal: AbortSignal) => Promise<object>;
  readonly agentRun: (options: AgentRunOptions, signal: AbortSignal) => Promise<void>;
  readonly agentStatus: (options: AgentStatusOptions) => Promise<object>;
  readonly storeBackup: StoreBackup;
  readonly storeRestore: StoreBackup;
  readonly agentRecover: (options: AgentRecoverOptions) => Promise<object>;
}

export type StoreBackup = (
  options: StoreBackupOptions,
  progress: (progress: StoreBackupProgress) => void,
) => Promise<StoreBackupReport>;
