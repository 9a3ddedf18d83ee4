/**
 * A load generator that costs little beside the server it measures: prepared requests over raw keep-alive sockets,
 * one under way on each. Run as a process of its own; it is told what to send over IPC.
 */
import { connect, type Socket } from 'node:net';
import { endOfAnswer } from '../answer.ts';

/** What one run sends. */
export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  readonly headers: readonly string[];
  readonly body: string;
  /** One request each, in this order. */
  readonly paths: readonly string[];
  /** Status that every answer must have. */
  readonly status: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly calls: number;
  /** Answers of another status, with the first of them. */
  readonly wrong: number;
  readonly firstWrong: string | null;
  /** Milliseconds from sending to the whole answer. */
  readonly medianMilliseconds: number;
  readonly p99Milliseconds: number;
  /** Processor time of the generator itself for a call: it shares the machine with the server. */
  readonly generatorMicroseconds: number;
}

/** An answer fits in one read. */
const READ_BYTES = 16_384;

/** Sends every path once and waits for every answer. */
export async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const tail = `${order.headers.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(order.body)}\r\n\r\n${order.body}`;
  const requests = order.paths.map((path) =>
    Buffer.from(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${tail}`),
  );
  const latencies = new Float64Array(requests.length);
  const state = { next: 0, wrong: 0, firstWrong: null as string | null };
  const expected = `HTTP/1.1 ${order.status}`;
  const lines = await Promise.all(Array.from({ length: order.connections }, () => opened(order.port)));
  const used = process.cpuUsage();
  const began = process.hrtime.bigint();
  await Promise.all(lines.map((line) => drive(line, requests, latencies, expected, state)));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const { user, system } = process.cpuUsage(used);
  for (const { socket } of lines) socket.destroy();
  const sorted = latencies.toSorted();
  return {
    seconds,
    calls: requests.length,
    wrong: state.wrong,
    firstWrong: state.firstWrong,
    medianMilliseconds: sorted[sorted.length >> 1]!,
    p99Milliseconds: sorted[Math.floor(sorted.length * 0.99)]!,
    generatorMicroseconds: (user + system) / requests.length,
  };
}

/** A connection and what becomes of bytes that arrive on it. */
interface Line {
  readonly socket: Socket;
  received: (chunk: Buffer) => void;
}

function opened(port: number): Promise<Line> {
  return new Promise((resolve, reject) => {
    // Bytes are read into one buffer, without a stream: the generator must cost little.
    const onread = {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback(length: number, buffer: Uint8Array) {
        line.received((buffer as Buffer).subarray(0, length));
        return true;
      },
    };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread }, () => resolve(line));
    const line: Line = { socket, received: () => {} };
    socket.once('error', reject);
  });
}

function drive(
  line: Line,
  requests: readonly Buffer[],
  latencies: Float64Array,
  expected: string,
  state: { next: number; wrong: number; firstWrong: string | null },
): Promise<void> {
  const { socket } = line;
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    let index = 0;
    let pending: Buffer | null = null;
    const send = () => {
      if (state.next >= requests.length) return resolve();
      index = state.next++;
      sentAt = performance.now();
      socket.write(requests[index]!);
    };
    line.received = (chunk) => {
      const data = pending === null ? chunk : Buffer.concat([pending, chunk]);
      const end = endOfAnswer(data);
      if (end === null || data.length < end) {
        pending = Buffer.from(data);
        return;
      }
      pending = null;
      latencies[index] = performance.now() - sentAt;
      if (data.toString('latin1', 0, expected.length) !== expected) {
        state.wrong += 1;
        state.firstWrong ??= data.toString('utf8', 0, 600);
      }
      send();
    };
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server closed a connection.')));
    send();
  });
}

if (process.send !== undefined && process.argv[2] === 'load') {
  process.on('message', (order: LoadOrder) => {
    runLoad(order).then(
      (result) => process.send!({ result }),
      (error: Error) => process.send!({ error: error.stack }),
    );
  });
  process.send('ready');
}
