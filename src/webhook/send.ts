import { lookup } from 'node:dns';
import {
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as requestPlain,
} from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { AttemptError } from '../contract/webhook.ts';
import type { AttemptResult } from '../domain/webhook.ts';
import { type AddressPolicy, hostOf } from './addresses.ts';

export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes one attempt; never rejects. Aborted by the signal, it ends as `timeout`. */
export type Send = (outgoing: Outgoing, signal: AbortSignal) => Promise<AttemptResult>;

/** Milliseconds from the look-up of the name to the end of the answer. */
export const ATTEMPT_MILLISECONDS = 15_000;
/** Bytes of an answer that are taken in, and thrown away, before the connection is cut. */
const ANSWER_BYTES = 64 * 1024;
const HEADER_BYTES = 16 * 1024;

/** Thrown by our look-up; the message never leaves. */
const REFUSED = 'CORDON_ADDRESS_REFUSED';

/**
 * Sends over a connection of its own, which is made only to an address that was looked up for it and is permitted: a
 * name that resolves to another address afterwards gains nothing. Redirects are answers like any other.
 * @param resolve another look-up, for tests
 */
export function createSend(
  policy: AddressPolicy,
  resolve: typeof lookup = lookup,
  milliseconds = ATTEMPT_MILLISECONDS,
): Send {
  const permitted: LookupFunction = (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const addresses = found.filter(({ address }) => policy.permits(host, address));
      const [first] = addresses;
      if (first === undefined) {
        const refused = Object.assign(new Error('no permitted address'), { code: REFUSED });
        return callback(refused, []);
      }
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };

  return (outgoing, stop) =>
    new Promise((done) => {
      const url = new URL(outgoing.url);
      const host = hostOf(url);
      // Node looks up names only.
      if (policy.refusal(url) !== null || (isIP(host) !== 0 && !policy.permits(host, host))) {
        return done({ error: 'address' });
      }
      const options: RequestOptions = {
        method: 'POST',
        agent: false,
        lookup: permitted,
        maxHeaderSize: HEADER_BYTES,
        signal: AbortSignal.any([stop, AbortSignal.timeout(milliseconds)]),
        headers: {
          ...outgoing.headers,
          'content-length': String(Buffer.byteLength(outgoing.body)),
          'user-agent': 'cordon-webhook/1',
        },
      };
      const call: ClientRequest =
        url.protocol === 'https:' ? requestTls(url, options) : requestPlain(url, options);
      // What comes after the head changes nothing: the receiver has said what it wanted to say.
      let answer: AttemptResult | null = null;
      call.on('error', (error) => done(answer ?? { error: errorOf(error) }));
      call.on('response', (response) => {
        const answered = { status: response.statusCode ?? 0, retryAfterSeconds: retryAfterOf(response) };
        answer = answered;
        read(response, () => done(answered));
      });
      call.end(outgoing.body);
    });
}

/** Takes in an answer up to a bound; calls back when it is over, however that came. */
function read(response: IncomingMessage, ended: () => void): void {
  let bytes = 0;
  response.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > ANSWER_BYTES) response.destroy();
  });
  response.on('error', () => {});
  response.on('close', ended);
}

/** Seconds; its form as a date reads as absent. */
function retryAfterOf({ headers }: IncomingMessage): number | null {
  const written = headers['retry-after'];
  return written !== undefined && /^\d{1,9}$/.test(written) ? Number(written) : null;
}

/** First match of the code of a failure. */
const ERRORS: readonly (readonly [RegExp, AttemptError])[] = [
  [/^CORDON_ADDRESS_REFUSED$/, 'address'],
  [/^ABORT_ERR$|^ETIMEDOUT$/, 'timeout'],
  [/^ENOTFOUND$|^EAI_|^ENODATA$/, 'name'],
  [/^ECONNRESET$|^EPIPE$/, 'reset'],
  [/^HPE_/, 'answer'],
  [/CERT|^ERR_SSL|^ERR_TLS|^EPROTO$|^UNABLE_TO_|SELF_SIGNED/, 'certificate'],
];

function errorOf(error: Error & { code?: unknown; errors?: readonly Error[] }): AttemptError {
  // Several addresses of one name fail as one error with the others inside.
  const code = String(error.code ?? (error.errors?.[0] as { code?: unknown } | undefined)?.code ?? '');
  return ERRORS.find(([pattern]) => pattern.test(code))?.[1] ?? 'connection';
}
