/** `cordon emulate` as a process of its own. */
import { EMULATOR } from '../../src/contract/well-known.ts';
import { type ApplicationCredentials, type Client, client } from '../../src/sdk/index.ts';
import { type Exit, follow, type RunningProcess, spawnCordon } from './processes.ts';

export interface EmulatorProcess extends AsyncDisposable {
  readonly url: string;
  /** With the application that may do everything. */
  readonly api: Client;
  readonly running: RunningProcess;
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<Exit>;
}

/** The well-known applications of every emulator. */
export const EMULATOR_APPLICATIONS = {
  full: { tenant: EMULATOR.tenant, clientId: EMULATOR.clientId, clientSecret: EMULATOR.secret },
  reader: { tenant: EMULATOR.tenant, clientId: EMULATOR.readerClientId, clientSecret: EMULATOR.secret },
} as const satisfies Record<string, ApplicationCredentials>;

/** An emulator that is up. @param words further options, such as where it listens when any port will not do */
export async function startEmulatorProcess(
  words: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<EmulatorProcess> {
  const listening = words.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  const fixed = ['--log-level', 'warn', '--rate-limit', 'off'];
  const running = follow(spawnCordon(['emulate', ...listening, ...fixed, ...words], environment));
  const end = (signal: NodeJS.Signals) => {
    running.child.kill(signal);
    return running.exit;
  };
  try {
    const said = await running.wrote('cordon machines --emulator');
    const url = / machines at (\S+)/.exec(said)![1]!;
    return {
      url,
      running,
      end,
      api: client({ url, credentials: EMULATOR_APPLICATIONS.full }),
      [Symbol.asyncDispose]: async () => void (await end('SIGTERM')),
    };
  } catch (cause) {
    await end('SIGKILL');
    throw cause;
  }
}
