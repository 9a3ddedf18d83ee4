import type { Socket } from 'node:net';
import type { ErrorCode } from '../contract/errors.ts';
import { CordonError } from '../domain/error.ts';
import type { Log } from '../service/log.ts';
import { ODATA_TYPE, wireError } from './faults.ts';

interface Refusal {
  /** Of the status line. */
  readonly reason: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What Node's parser refuses before there is a request. */
const REFUSALS: ReadonlyMap<string | undefined, Refusal> = new Map([
  [
    'HPE_HEADER_OVERFLOW',
    { reason: 'URI Too Long', code: 'UriTooLong', message: 'The address with its headers is too long.' },
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    { reason: 'Request Timeout', code: 'RequestTimeout', message: 'The request did not arrive in time.' },
  ],
]);
const INVALID: Refusal = {
  reason: 'Bad Request',
  code: 'BadRequest',
  message: 'The request is not valid HTTP.',
};

/** Answers in the shape of all errors and ends the connection. */
export function clientErrorAnswer(log: Log, newCorrelation: () => string) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const { reason, code, message } = REFUSALS.get(error.code) ?? INVALID;
    const fault = new CordonError(code, message);
    const correlation = newCorrelation();
    log.info({ correlation, code, cause: error.code }, 'call refused');
    const body = JSON.stringify(wireError(fault, correlation));
    socket.end(
      `HTTP/1.1 ${fault.status} ${reason}\r\nconnection: close\r\ncontent-type: ${ODATA_TYPE}\r\nodata-version: 4.0\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  };
}
