import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WRITER_THREAD } from '../../src/store/sqlite/file.ts';
import type { Mock } from '../mocks/table.ts';
import { besideMocks, type MockResult } from './beside-mocks.ts';
import type { LoadOrder } from './load.ts';
import { answerOf, loaded, median, pairsOf, started } from './measure.ts';
import type { ThreadTimes } from './threads.ts';

export interface SubmitOptions {
  readonly rounds: number;
  /** Rounds before those that count. */
  readonly warmUp: number;
  readonly machines: number;
  readonly connections: number;
  /** Where the database is put; its disk is what fsync costs. */
  readonly directory: string;
  /** Told how it goes, a line at a time. */
  readonly say: (text: string) => void;
  /** Mocks that do the same call afterwards, in turn with Cordon. */
  readonly mocks?: readonly Mock[];
}

/** Medians of the rounds. */
export interface SubmitResult {
  /** Submissions in a second over empty calls in a second. */
  readonly ratio: number;
  /** The same under the name that the whole benchmark has for it. */
  readonly submitSqliteRatio: number;
  readonly submitPerSecond: number;
  readonly emptyPerSecond: number;
  /** Cores that the server used. */
  readonly submitCores: number;
  readonly emptyCores: number;
  /** Microseconds of processor time of one call: the main thread, the store's writer, garbage and compilation. */
  readonly submitMainMicroseconds: number;
  readonly submitWriterMicroseconds: number;
  readonly submitOthersMicroseconds: number;
  readonly emptyMainMicroseconds: number;
  /** Of the generator, for one submission. */
  readonly generatorMicroseconds: number;
  /** Milliseconds until the answer. */
  readonly submitMedianMilliseconds: number;
  readonly submitP99Milliseconds: number;
  readonly ratios: readonly number[];
  readonly rounds: number;
  readonly machines: number;
  readonly connections: number;
  readonly mocks: Readonly<Partial<Record<Mock['name'], MockResult>>>;
}

/** Calls of the empty server for each of Cordon's in a round, so that both are measured for about as long. */
const EMPTY_CALLS = 4;
/**
 * Parts of a round in which the two take turns. A shared machine can be twice as fast in one second as in the next; so, both
 * have the same of it.
 */
const SLICES = 4;
const BODY = JSON.stringify({ Comment: 'ticket 8841: host rebuilt, cleaned and validated' });

interface Figure {
  readonly perSecond: number;
  readonly cores: number;
  /** Microseconds of a call by thread. */
  readonly threads: ThreadTimes;
  readonly generator: number;
  readonly median: number;
  readonly p99: number;
}

/** Authenticated, durable submissions against an empty `node:http` server, in rounds of each in turn. */
export async function runSubmit(options: SubmitOptions): Promise<SubmitResult> {
  const { rounds, warmUp, machines, connections, say } = options;
  const directory = await mkdtemp(join(options.directory, 'cordon-bench-'));
  const children: ChildProcess[] = [];
  const start = async (file: string, ...parameters: string[]) => {
    const { child, hello } = await started(file, ...parameters);
    children.push(child);
    return { child, hello };
  };
  try {
    const generator = (await start('load.ts', 'load')).child;
    say(`starting Cordon with ${machines} machines in ${directory} …`);
    const cordon = await start('cordon-server.ts', directory, String(machines));
    const { port, token, ids } = cordon.hello as { port: number; token: string; ids: string[] };
    const submit: LoadOrder = {
      port,
      connections,
      headers: ['content-type: application/json', `authorization: Bearer ${token}`],
      body: BODY,
      status: 201,
      paths: ids.map((id) => `/api/machines/${id}/restrictCodeExecution`),
    };
    const answer = await sampleAnswer(submit);
    const empty = await start('empty-server.ts', answer);
    const limitPort = (empty.hello as { port: number }).port;
    const idle = async () => {
      cordon.child.send('idle');
      await answerOf(cordon.child);
    };
    const round = async () => {
      await idle();
      const ours: Slice[] = [];
      const limit: Slice[] = [];
      for (const paths of slicesOf(submit.paths)) {
        const nothing = Array.from({ length: EMPTY_CALLS }, () => paths).flat();
        limit.push(await loaded(generator, empty.child, { ...submit, port: limitPort, paths: nothing }));
        ours.push(await loaded(generator, cordon.child, { ...submit, paths }));
      }
      return { ours: figureOf(ours), limit: figureOf(limit) };
    };
    const figures: { ours: Figure; limit: Figure; ratio: number }[] = [];
    for (let number = 1 - warmUp; number <= rounds; number += 1) {
      const { ours, limit } = await round();
      const figure = { ours, limit, ratio: ours.perSecond / limit.perSecond };
      say(`${number < 1 ? 'warm-up' : `round ${number}`}: ${described(figure)}`);
      if (number > 0) figures.push(figure);
    }
    // Last, since installing and running them would be in the way of all that was measured before.
    empty.child.kill('SIGKILL');
    const description = await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).text();
    const mocks = await besideMocks({
      ...{
        mocks: options.mocks ?? [],
        generator,
        order: submit,
        answer,
        description,
        directory,
        rounds,
        say,
      },
      ours: async () => {
        await idle();
        return figureOf([await loaded(generator, cordon.child, submit)]).perSecond;
      },
    });
    const of = (pick: (figure: (typeof figures)[number]) => number) => median(figures.map(pick));
    return {
      ratio: of(({ ratio }) => ratio),
      submitSqliteRatio: of(({ ratio }) => ratio),
      submitPerSecond: of(({ ours }) => ours.perSecond),
      emptyPerSecond: of(({ limit }) => limit.perSecond),
      submitCores: of(({ ours }) => ours.cores),
      emptyCores: of(({ limit }) => limit.cores),
      submitMainMicroseconds: of(({ ours }) => ours.threads.main ?? 0),
      submitWriterMicroseconds: of(({ ours }) => ours.threads[WRITER_THREAD] ?? 0),
      submitOthersMicroseconds: of(({ ours }) => ours.threads.others ?? 0),
      emptyMainMicroseconds: of(({ limit }) => limit.threads.main ?? 0),
      generatorMicroseconds: of(({ ours }) => ours.generator),
      submitMedianMilliseconds: of(({ ours }) => ours.median),
      submitP99Milliseconds: of(({ ours }) => ours.p99),
      ratios: figures.map(({ ratio }) => ratio),
      rounds,
      machines,
      connections,
      mocks,
    };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  }
}

type Slice = Awaited<ReturnType<typeof loaded>>;

function slicesOf(paths: readonly string[]): string[][] {
  const size = Math.ceil(paths.length / SLICES);
  return Array.from({ length: SLICES }, (_, index) => paths.slice(index * size, (index + 1) * size));
}

/** What the slices of a round make together; the slowest hundredth is that of the worst of them. */
function figureOf(slices: readonly Slice[]): Figure {
  const sum = (pick: (slice: Slice) => number) => slices.reduce((total, slice) => total + pick(slice), 0);
  const calls = sum(({ load }) => load.calls);
  const seconds = sum(({ load }) => load.seconds);
  const names = Object.keys(slices[0]!.threads);
  const threads = Object.fromEntries(
    names.map((name) => [name, sum((slice) => slice.threads[name] ?? 0) / calls]),
  );
  return {
    perSecond: calls / seconds,
    cores: (Object.values(threads).reduce((total, time) => total + time, 0) * calls) / 1e6 / seconds,
    threads,
    generator: sum(({ load }) => load.generatorMicroseconds * load.calls) / calls,
    median: median(slices.map(({ load }) => load.medianMilliseconds)),
    p99: Math.max(...slices.map(({ load }) => load.p99Milliseconds)),
  };
}

function described({ ours, limit, ratio }: { ours: Figure; limit: Figure; ratio: number }): string {
  const times = { ...ours.threads, generator: ours.generator };
  const threads = Object.entries(times).map(([name, time]) => `${name} ${time.toFixed(0)}`);
  return (
    `${ours.perSecond.toFixed(0)} submissions/s on ${ours.cores.toFixed(2)} cores (µs each: ${threads.join(', ')}), ` +
    `empty ${limit.perSecond.toFixed(0)}/s on ${limit.cores.toFixed(2)} cores (${limit.threads.main?.toFixed(0)} µs), ` +
    `ratio ${ratio.toFixed(3)}`
  );
}

/** A real answer, so that the empty server sends as many bytes. */
async function sampleAnswer({ port, paths, headers, body }: LoadOrder): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${paths[0]}`, {
    method: 'POST',
    body,
    headers: pairsOf(headers),
  });
  if (response.status !== 201)
    throw new Error(`The sample was answered with ${response.status}: ${await response.text()}`);
  return response.text();
}
