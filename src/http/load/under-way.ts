/**
 * Counts what is under way: how many calls, and how many bytes of bodies and answers they may hold. What would be too
 * much is refused with 503 before its body is read, so that memory stays bounded whatever callers do.
 */
import type { Socket } from 'node:net';
import { CordonError } from '../../domain/error.ts';

/** Who is counted together: those whose body is read only behind a token, and those whose body anybody can send. */
export type Pool = 'callers' | 'strangers';

export interface Limits {
  readonly calls: number;
  readonly bytes: number;
}

/**
 * Strangers cannot crowd out callers. The exchanges of devices are counted among strangers, and ten thousand are held
 * at a time with about 2 KB each, so that bytes alone bound them.
 */
export const LIMITS: Readonly<Record<Pool, Limits>> = {
  callers: { calls: 2_000, bytes: 128 << 20 },
  strangers: { calls: 100_000, bytes: 128 << 20 },
};

/** Charged for each call beside its body: what request and answer take in memory at the least. */
const LEAST_BYTES = 1024;
/** Seconds. */
const RETRY_AFTER = 1;
/** Status of a call whose caller hung up before the answer was sent; nginx has the same number for it. */
const HUNG_UP = 499;

/** Hears of each call when it is over, answered or not. */
export interface CallMeter {
  /** @param code the error code of the answer, null for one that is no error */
  ended(operation: string, status: number, milliseconds: number, code: string | null): void;
  /** A call was refused because too much is under way. */
  overloaded(pool: Pool): void;
}

interface Count {
  calls: number;
  bytes: number;
}

interface Call {
  readonly operation: string;
  /** Where it is counted; null for one that was refused. */
  readonly pool: Count | null;
  /** All calls of its connection. */
  readonly siblings: Set<Call>;
  readonly startedAt: number;
  bytes: number;
  code: string | null;
}

const CALL = Symbol('call');
const CALLS = Symbol('calls of the connection');
type CountedSocket = Socket & { [CALLS]?: Set<Call> };

/** The part of an answer that the counting works on; a `ServerResponse`. */
export interface CountedResponse {
  readonly statusCode: number;
  readonly writableFinished: boolean;
  on(event: 'close', listener: () => void): unknown;
  [CALL]?: Call;
}

export interface UnderWay {
  /**
   * Counts a call until its answer is sent or its connection is gone.
   * @param bodyBytes as announced
   * @returns the refusal when too much is under way, else null
   */
  begin(
    socket: Socket,
    response: CountedResponse,
    operation: string,
    pool: Pool,
    bodyBytes: number,
  ): CordonError | null;
  /** What is under way at this moment. */
  present(): Readonly<Record<Pool, Limits>>;
}

export function createUnderWay(options: {
  readonly monotonic: () => number;
  readonly meter: CallMeter | null;
  readonly limits?: Readonly<Record<Pool, Limits>>;
}): UnderWay {
  const { monotonic, meter, limits = LIMITS } = options;
  const present: Record<Pool, Count> = {
    callers: { calls: 0, bytes: 0 },
    strangers: { calls: 0, bytes: 0 },
  };

  function closed(this: CountedResponse): void {
    const call = this[CALL]!;
    // A connection that is gone has taken all its calls along already.
    if (call.siblings.delete(call)) leave(call);
    const status = this.writableFinished ? this.statusCode : HUNG_UP;
    meter?.ended(call.operation, status, monotonic() - call.startedAt, call.code);
  }

  return {
    begin(socket, response, operation, name, bodyBytes) {
      const pool = present[name];
      const limit = limits[name];
      const bytes = bodyBytes + LEAST_BYTES;
      const fits = pool.calls < limit.calls && pool.bytes + bytes <= limit.bytes;
      const siblings = callsOf(socket);
      const startedAt = monotonic();
      const call: Call = { operation, pool: fits ? pool : null, siblings, startedAt, bytes, code: null };
      response[CALL] = call;
      response.on('close', closed);
      if (!fits) {
        meter?.overloaded(name);
        return new CordonError('ServiceUnavailable', 'More calls are under way than the server takes.', {
          retryAfter: RETRY_AFTER,
        });
      }
      pool.calls += 1;
      pool.bytes += bytes;
      siblings.add(call);
      return null;
    },
    present: () => present,
  };
}

function leave(call: Call): void {
  if (call.pool === null) return;
  call.pool.calls -= 1;
  call.pool.bytes -= call.bytes;
}

/** The answers of pipelined requests that wait for their turn never close when the connection does. */
function callsOf(socket: CountedSocket): Set<Call> {
  const known = socket[CALLS];
  if (known !== undefined) return known;
  const calls = new Set<Call>();
  socket[CALLS] = calls;
  socket.on('close', () => {
    for (const call of calls) leave(call);
    calls.clear();
  });
  return calls;
}

/** Charges a large answer to its call until it is sent, since a slow reader leaves it in memory. */
export function chargeAnswer(response: CountedResponse, bytes: number): void {
  const call = response[CALL];
  // One that is over already would be charged for ever.
  if (call === undefined || call.pool === null || !call.siblings.has(call)) return;
  call.bytes += bytes;
  call.pool.bytes += bytes;
}

/** Tells the call's meter which error it is answered with. */
export function noteError(response: CountedResponse, code: string): void {
  const call = response[CALL];
  if (call !== undefined) call.code = code;
}
