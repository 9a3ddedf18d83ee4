/** Two `cordon serve` processes on one PostgreSQL database, and devices that go to either. */
import { createPuppetDevice, deviceFacts, type PuppetDevice } from './device.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** What both are told; tokens of one name it as their issuer at the other. */
const WORDS = ['--public-url', 'http://cordon.test', '--pending-timeout', '20s', '--drain', '1s'];

export interface Pair extends AsyncDisposable {
  readonly one: ServerProcess;
  readonly other: ServerProcess;
}

export async function startPair(url: string, words: readonly string[] = []): Promise<Pair> {
  const environment = { CORDON_DATABASE_URL: url };
  const one = await startServerProcess([...WORDS, ...words], environment);
  const other = await startServerProcess([...WORDS, ...words], environment, one).catch(async (error) => {
    await one[Symbol.asyncDispose]();
    throw error;
  });
  return {
    one,
    other,
    async [Symbol.asyncDispose]() {
      await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
    },
  };
}

/** A device whose messages go where `where` says at that moment. */
export async function enrolled(pair: Pair, name: string, where: () => ServerProcess): Promise<PuppetDevice> {
  const to: typeof fetch = (address, init) => {
    const { pathname } = new URL(String(address));
    return fetch(`${where().url}${pathname}`, init);
  };
  const device = createPuppetDevice({ serverUrl: 'http://cordon.test', fetch: to });
  await device.enrol({ token: await pair.one.enrolmentToken(), facts: deviceFacts(name) });
  return device;
}
