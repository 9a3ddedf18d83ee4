import { type ChildProcess, spawnSync } from 'node:child_process';
import { startMock } from '../mocks/start.ts';
import type { Mock } from '../mocks/table.ts';
import type { LoadOrder } from './load.ts';
import { median, pairsOf, sent } from './measure.ts';

/** Submissions in a second over a mock's; null with the reason where it could not be measured. */
export type MockResult =
  | { readonly ratio: number; readonly perSecond: number }
  | { readonly ratio: null; readonly reason: string };

/** Calls of a mock in a round; it is so much slower that they take longer than a round of Cordon. */
const MOCK_CALLS = 2_000;
/** Rounds of a mock that do not count; its rate has settled in them. */
const WARM_UP = 3;

export interface BesideMocks {
  readonly mocks: readonly Mock[];
  readonly generator: ChildProcess;
  /** The call, as Cordon is asked; its port is replaced. */
  readonly order: LoadOrder;
  /** What a mock answers. */
  readonly answer: string;
  /** The OpenAPI description that Cordon serves. */
  readonly description: string;
  readonly directory: string;
  readonly rounds: number;
  readonly say: (text: string) => void;
  /** A round of Cordon: submissions in a second. */
  readonly ours: () => Promise<number>;
}

/** Rounds of Cordon and a mock in turn, one mock after the other; each may be missing without harm to the others. */
export async function besideMocks({
  mocks,
  ...options
}: BesideMocks): Promise<Readonly<Partial<Record<Mock['name'], MockResult>>>> {
  const results: Partial<Record<Mock['name'], MockResult>> = {};
  for (const mock of mocks) {
    try {
      results[mock.name] = await beside(mock, options);
    } catch (error) {
      const { message } = error as Error;
      const named = message.startsWith(mock.package);
      const reason = named ? message : `${mock.package} ${mock.version}: ${message}`;
      options.say(reason);
      results[mock.name] = { ratio: null, reason };
    }
  }
  return results;
}

async function beside(mock: Mock, options: Omit<BesideMocks, 'mocks'>): Promise<MockResult> {
  const { generator, order, answer, description, directory, rounds, say, ours } = options;
  say(`starting ${mock.name}: ${mock.package} ${mock.version}, installed for this run …`);
  const example = { path: order.paths[0]!, headers: pairsOf(order.headers), body: answer, description };
  const { child, port } = await startMock(mock, directory, example);
  try {
    // What npm wrote would go to the disk while Cordon waits for it.
    spawnSync('sync');
    const theirs = { ...order, port, paths: order.paths.slice(0, MOCK_CALLS) };
    const round = async () => {
      const load = await sent(generator, theirs);
      return load.calls / load.seconds;
    };
    for (let warmUp = 0; warmUp < WARM_UP; warmUp += 1) await round();
    const found: { perSecond: number; ratio: number }[] = [];
    for (let turn = 0; turn <= rounds; turn += 1) {
      // It has no part of the cores while Cordon is measured, nor Cordon while it is.
      child.kill('SIGSTOP');
      const reached = await ours();
      child.kill('SIGCONT');
      const perSecond = await round();
      say(
        `${turn === 0 ? 'warm-up' : `round ${turn}`}: ${mock.name} ${perSecond.toFixed(0)}/s, Cordon ${reached.toFixed(0)}/s, ` +
          `${(reached / perSecond).toFixed(1)} times that`,
      );
      if (turn > 0) found.push({ perSecond, ratio: reached / perSecond });
    }
    return {
      ratio: median(found.map(({ ratio }) => ratio)),
      perSecond: median(found.map((one) => one.perSecond)),
    };
  } finally {
    child.kill('SIGKILL');
  }
}
