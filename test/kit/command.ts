/** Runs a command line in this process, with everything of the outside held in the hand. */
import { readFile } from 'node:fs/promises';
import { HEADINGS } from '../../src/cli/commands/index.ts';
import type { Io } from '../../src/cli/io.ts';
import type { ProgramText } from '../../src/cli/program.ts';
import { runCommandLine } from '../../src/cli/run.ts';
import type { Runners } from '../../src/cli/runners.ts';
import type { LoadReport } from '../../src/contract/load.ts';
import { AT } from './machine-state.ts';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Options that the runners were called with, by their name. */
  readonly ran: Readonly<Record<string, unknown>>;
  /** Certificates that the process was told to trust. */
  readonly trusted: readonly string[];
}

export interface CommandWorld {
  readonly environment?: Readonly<Record<string, string>>;
  /** Width of the terminal on both streams; left out, they are files. */
  readonly columns?: number;
  /** What the person at the terminal answers; left out, nobody is there. */
  readonly answer?: string;
  readonly signal?: AbortSignal;
  /** What a runner throws. */
  readonly failure?: Error;
}

export const TEXT: ProgramText = { name: 'cordon', version: '0.0.0', description: 'a test' };

export async function runCommand(words: readonly string[], world: CommandWorld = {}): Promise<CommandResult> {
  const [stdout, stderr, trusted]: [string[], string[], string[]] = [[], [], []];
  const ran: Record<string, unknown> = {};
  const sink = (into: string[]) => ({
    write: (text: string) => into.push(text),
    ...(world.columns === undefined ? {} : { isTTY: true, columns: world.columns }),
  });
  const answer = world.answer;
  let keys = 0;
  const io: Io = {
    stdout: sink(stdout),
    stderr: sink(stderr),
    ask: answer === undefined ? null : () => Promise.resolve(answer),
    environment: { NO_COLOR: '1', ...world.environment },
    signal: world.signal ?? new AbortController().signal,
    now: () => Date.parse(AT) + 90_000,
    newKey: () => `key-${++keys}`,
    readFile: (path) => readFile(path, 'utf8'),
    trust: (pem) => void trusted.push(pem),
    system: { sleep: async (_milliseconds, signal) => signal?.throwIfAborted(), random: () => 0 },
  };
  const status = await runCommandLine(words, HEADINGS, TEXT, runnersThatRemember(ran, world.failure), io);
  return { status, stdout: stdout.join(''), stderr: stderr.join(''), ran, trusted };
}

const COPIED = { bytes: 1_500_000, schemaVersion: 1, tenants: 1, machines: 2, actions: 3 };

const LATENCY = { count: 3, p50: 4.2, p90: 9, p99: 12.5, most: 13 };
/** What a load run is said to have measured. */
export const LOADED: LoadReport = {
  run: 'a1b2c3',
  url: 'http://127.0.0.1:8080',
  seed: 1,
  rate: 10,
  seconds: 30,
  machines: { count: 2, first: 'load-1', last: 'load-2', tag: 'cordon-load', restricted: 1 },
  enrolment: { seconds: 0.5, perSecond: 4 },
  actions: {
    planned: 4,
    busy: 1,
    accepted: 3,
    acceptedPerSecond: 0.1,
    delivered: 3,
    proven: 3,
    statuses: { Succeeded: 3 },
  },
  latency: { answered: LATENCY, delivered: LATENCY, proven: { ...LATENCY, count: 0, p50: null } },
  errors: { calls: { TooManyRequests: 7 }, exchanges: {} },
  exchangesPerSecond: 0.4,
  memory: null,
  generator: { cores: 0.3, residentBytes: 100_000_000, loopDelayP99: 12 },
};

function runnersThatRemember(ran: Record<string, unknown>, failure: Error | undefined): Runners {
  const remember =
    <T>(name: string, result: T) =>
    async (options: object): Promise<T> => {
      ran[name] = options;
      if (failure !== undefined) throw failure;
      return result;
    };
  return {
    serve: remember('serve', undefined),
    emulate: remember('emulate', undefined),
    demo: remember('demo', undefined),
    load: remember('load', LOADED),
    mcp: remember('mcp', undefined),
    storeCopy: remember('storeCopy', {
      from: 'data/cordon.db',
      to: 'postgres://db/cordon',
      epoch: 'e',
      tables: [{ table: 'tenant', rows: 1, digest: 'd' }],
    }),
    agentEnrol: remember('agentEnrol', { machineId: 'm', controls: [{ control: 'codeExecution' }] }),
    agentRun: remember('agentRun', undefined),
    storeBackup: remember('storeBackup', COPIED),
    storeRestore: remember('storeRestore', COPIED),
    agentInstall: remember('agentInstall', { steps: [], notes: [] }),
    agentUninstall: remember('agentUninstall', { steps: [], notes: [] }),
    agentDoctor: remember('agentDoctor', { works: true, findings: [] }),
    agentTrust: remember('agentTrust', { state: 'ready', detail: 'all of it' }),
    agentStatus: remember('agentStatus', { machineId: 'm', reportsWaiting: 0 }),
    agentRecover: remember('agentRecover', { outcome: 'nothing', detail: 'No restriction is on trial.' }),
  };
}
