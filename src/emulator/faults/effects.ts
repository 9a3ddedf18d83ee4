import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, FaultKind } from '../../contract/emulator/fault-kinds.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { ERROR_CODES } from '../../contract/errors.ts';
import { refusal } from '../../server/refusal.ts';
import type { Fired } from './rules.ts';

export interface Affected {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The body of an answer that is about to be sent. */
export type Payload = string | Buffer | null;

/** Nothing more is sent for this call. */
export const HELD = Symbol('held');

interface Effect {
  /** Instead of the work; null where the work is done as usual afterwards. */
  readonly before: ((call: Affected, fired: Fired) => void) | null;
  /** What is sent in place of the true answer. Throws for an error of the server's own. */
  readonly after: (call: Affected, fired: Fired, payload: Payload) => Payload | typeof HELD;
}

const TEXT = 'text/plain; charset=utf-8';
/** Seconds that an error asks for whose rule says nothing. */
const RETRY_AFTER: Partial<Record<ErrorCode, number>> = { TooManyRequests: 1, ServiceUnavailable: 1 };
/** As the vendor words it (reference, section 7); the others are worded as in the table of errors. */
const MESSAGES: Partial<Record<ErrorCode, string>> = {
  TooManyRequests: 'API calls quota exceeded! maximum allowed 100 per 00:01:00.',
};

function error({ rule, fault }: Fired): Error {
  const code = fault.code!;
  const seconds = fault.retryAfter === undefined ? (RETRY_AFTER[code] ?? null) : fault.retryAfter;
  const message = fault.message ?? MESSAGES[code] ?? ERROR_CODES[code].meaning;
  return refusal(code, message, seconds, `fault rule ${JSON.stringify(rule)}`);
}

function answered({ reply }: Affected, fault: Fault): string {
  reply.status(fault.status!).header('content-type', fault.contentType ?? TEXT);
  if (fault.retryAfter != null) reply.header('retry-after', String(fault.retryAfter));
  return fault.text ?? '';
}

function dropped({ request, reply }: Affected): typeof HELD {
  reply.hijack();
  request.raw.socket.destroy();
  return HELD;
}

/** Sends the head and half of the body, with the length of the whole. */
function halved({ request, reply }: Affected, payload: Payload): typeof HELD {
  const whole = Buffer.from(payload ?? '');
  const headers = { ...reply.getHeaders(), 'content-length': whole.length } as OutgoingHttpHeaders;
  reply.hijack();
  reply.raw.writeHead(reply.statusCode, headers);
  reply.raw.write(whole.subarray(0, whole.length >> 1), () => request.raw.socket.destroy());
  return HELD;
}

/** What each kind of fault does, once its delay is over. */
export const EFFECTS: Readonly<Record<FaultKind, Effect>> = {
  slow: { before: null, after: (_call, _fired, payload) => payload },
  error: {
    before: (_call, fired) => {
      throw error(fired);
    },
    after: (_call, fired) => {
      throw error(fired);
    },
  },
  answer: {
    before: (call, { fault }) => void call.reply.send(answered(call, fault)),
    after: (call, { fault }) => answered(call, fault),
  },
  drop: {
    before: dropped,
    after: (call, { fault }, payload) => (fault.moment === 'middle' ? halved(call, payload) : dropped(call)),
  },
  body: {
    before: null,
    after: ({ reply }, { fault }) => {
      if (fault.contentType !== undefined) reply.header('content-type', fault.contentType);
      return fault.text ?? '';
    },
  },
  truncate: {
    before: null,
    after: (_call, { fault }, payload) => {
      const whole = Buffer.from(payload ?? '');
      return whole.subarray(0, fault.bytes ?? whole.length >> 1);
    },
  },
  contentType: {
    before: null,
    after: ({ reply }, { fault }, payload) => {
      reply.header('content-type', fault.contentType!);
      return payload;
    },
  },
};
