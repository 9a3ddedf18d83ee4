/**
 * Processor time that counting costs one call, on the way of every request: `node bench/metrics.ts [calls]`. Prints one
 * JSON object, in microseconds.
 */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { type CountedResponse, createUnderWay } from '../src/http/load/under-way.ts';
import { createMetrics } from '../src/server/metrics/metrics.ts';

const [calls = 1_000_000] = process.argv.slice(2).map(Number);
const monotonic = () => performance.now();

class Answer extends EventEmitter implements CountedResponse {
  readonly statusCode = 201;
  readonly writableFinished = true;
}

/** Microseconds of processor time of one run of `work`, the median of five. */
function cost(work: () => void): number {
  const measured = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    for (let index = 0; index < calls / 5; index += 1) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (calls / 5);
  });
  return measured.sort((one, other) => one - other)[2]!;
}

const socket = new EventEmitter() as Socket;
const counted = (meter: Parameters<typeof createUnderWay>[0]['meter']) => {
  const underWay = createUnderWay({ monotonic, meter });
  return () => {
    const answer = new Answer();
    underWay.begin(socket, answer, 'restrictCodeExecution', 'callers', 100);
    answer.emit('close');
  };
};
const bare = () => void new Answer().emit('close');
const withMeter = counted(createMetrics(monotonic).calls);
for (const work of [bare, counted(null), withMeter]) cost(work);
const [nothing, bounds, all] = [cost(bare), cost(counted(null)), cost(withMeter)];
const round = (microseconds: number) => Number(microseconds.toFixed(2));
console.log(
  JSON.stringify({
    boundsMicroseconds: round(bounds - nothing),
    withMetricsMicroseconds: round(all - nothing),
  }),
);
process.exit();
