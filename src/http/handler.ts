import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Operation } from '../contract/operation.ts';
import type { Call } from '../service/call.ts';
import type { HttpConfig, Services } from './services.ts';

/** One call of an operation that has passed all gates. */
export interface OperationCall {
  readonly call: Call;
  readonly services: Services;
  readonly config: HttpConfig;
  readonly parameters: Readonly<Record<string, string>>;
  /** The JSON body, valid by the operation's schema. */
  readonly body: unknown;
  /** The query string as sent, without the question mark. */
  readonly rawQuery: string;
  /** A header in one piece, null when it is absent. */
  header(name: string): string | null;
  /** Base that was called, `{publicUrl}/api` or `{publicUrl}/api/v1.0`, for contexts and links. */
  readonly base: string;
  /** Path below the public address, without the query. */
  readonly path: string;
  /** Passes the gates again as of now, without counting: for an answer that goes on. @throws CordonError */
  readonly readmit: () => Promise<Call>;
}

/** An answer that goes on until one side ends it. */
export class Held {
  readonly type: string;
  readonly prepare: (response: ServerResponse) => () => void;

  /**
   * @param type media type
   * @param prepare is called before the head of the answer is written, and may throw; what it returns, after
   */
  constructor(type: string, prepare: (response: ServerResponse) => () => void) {
    this.type = type;
    this.prepare = prepare;
  }
}

/** What an operation answers: an entity, a collection, something that goes on, a count, or nothing (204). */
export type OperationReply = object | number | null;

/** An operation of the table with what carries it out. */
export interface Handler {
  readonly operation: Operation;
  handle(call: OperationCall): Promise<OperationReply>;
}

/** Binds an operation to its handler. */
export function handler(operation: Operation, handle: Handler['handle']): Handler {
  return { operation, handle };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the gates; null before them. */
    call: Call | null;
  }
}

/** The query string of a request as sent. */
export function rawQueryOf(request: FastifyRequest): string {
  const url = request.raw.url ?? '';
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

/** The path of a request as sent, without the query. */
export function pathOf(request: FastifyRequest): string {
  const url = request.raw.url ?? '';
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}
