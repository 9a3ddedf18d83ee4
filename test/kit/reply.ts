import assert from 'node:assert/strict';
import { ERROR_CODES, type ErrorCode, type WireError } from '../../src/contract/errors.ts';

/** An answer of the server as it came. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body read as JSON. */
  json<T>(): T;
}

/** The vendor's content type, to the letter (reference, section 1). */
export const ODATA_TYPE = 'application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8';
/** The form of a correlation id (reference, section 15). */
const CORRELATION = /^\|[0-9a-f]{8}-[0-9a-f]{16}\.$/;

/** What must never leave the server: stacks, SQL, the engine, paths of files. */
const INSIDE = [
  /\n\s+at /,
  /node:internal|node_modules/,
  /\b(select|insert into|update|delete from)\b.*\b(machine|action|tenant|values|where)\b/i,
  /sqlite|constraint failed|no such (table|column)/i,
  /\/src\/|\.ts:\d+/,
];

/** Checks what holds for every refusal, whatever its cause: shape, compact JSON, nothing of the inside. */
export function checkRefusal(reply: Reply): WireError['error'] {
  const body = reply.json<WireError>();
  assert.deepEqual(Object.keys(body), ['error'], reply.text);
  assert.deepEqual(Object.keys(body.error), ['code', 'message', 'target'], reply.text);
  for (const value of Object.values(body.error)) assert.equal(typeof value, 'string', reply.text);
  assert.match(body.error.target, CORRELATION);
  assert.equal(reply.text, JSON.stringify(body), 'the JSON is compact');
  assert.match(reply.headers.get('content-type') ?? '', /^application\/json; ?.*charset=utf-8$/);
  for (const pattern of INSIDE) assert.doesNotMatch(reply.text, pattern);
  return body.error;
}

/** Asserts a refusal of the table, with the vendor's headers; returns its message for further looks. */
export function refused(reply: Reply, code: ErrorCode, message?: string | RegExp): string {
  const entry: { status: number; wire?: string } = ERROR_CODES[code];
  const error = checkRefusal(reply);
  assert.equal(`${reply.status} ${error.code}`, `${entry.status} ${entry.wire ?? code}`, reply.text);
  assert.equal(reply.headers.get('content-type'), ODATA_TYPE);
  assert.equal(reply.headers.get('odata-version'), '4.0');
  if (typeof message === 'string') assert.equal(error.message, message);
  else if (message !== undefined) assert.match(error.message, message);
  return error.message;
}

/** Asserts a success and its headers; returns the body. */
export function succeeded<T>(reply: Reply, status = 200): T {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.headers.get('content-type'), ODATA_TYPE);
  assert.equal(reply.headers.get('odata-version'), '4.0');
  const body = reply.json<T>();
  assert.equal(reply.text, JSON.stringify(body), 'the JSON is compact');
  return body;
}
