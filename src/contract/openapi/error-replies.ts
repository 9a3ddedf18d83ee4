/** Error answers by status, made of the table of error codes. */
import { Type } from 'typebox';
import { ERROR_CODES } from '../errors.ts';
import type { Operation } from '../operation.ts';
import type { Components } from './components.ts';
import type { JsonObject } from './json.ts';

export const ERROR = Type.Object(
  {
    error: Type.Object({
      code: Type.String({ description: 'Stable; one of those that the answer’s status is described with.' }),
      message: Type.String({ description: 'For people; may change.' }),
      target: Type.String({ description: 'Correlation id of the call, which the server’s log has too.' }),
    }),
  },
  { title: 'ODataError', description: 'Every error answer of the API.' },
);

/** Names of the answers in the description. */
const NAMES: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  413: 'PayloadTooLarge',
  414: 'UriTooLong',
  415: 'UnsupportedMediaType',
  422: 'UnprocessableContent',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
};

export const ODATA_VERSION: JsonObject = {
  description: 'Version of OData.',
  required: true,
  schema: { type: 'string', const: '4.0' },
};
export const RETRY_AFTER: JsonObject = {
  description: 'Seconds until a next try makes sense.',
  required: true,
  schema: { type: 'integer', minimum: 0 },
};
export const ALLOW: JsonObject = {
  description: 'Methods that the address takes.',
  required: true,
  schema: { type: 'string' },
};
/** Headers that answers of a status carry besides. */
const HEADERS: Readonly<Record<number, JsonObject>> = {
  405: { Allow: { $ref: '#/components/headers/Allow' } },
  429: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } },
  503: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } },
};

type Entry = readonly [code: string, entry: { status: number; meaning: string; wire?: string }];

/** The answers as components of the description. */
export function errorReplies({ place }: Components): JsonObject {
  const schema = place(ERROR);
  return Object.fromEntries(
    Object.entries(NAMES).map(([status, name]) => {
      const codes = (Object.entries(ERROR_CODES) as Entry[]).filter(
        ([, entry]) => entry.status === Number(status),
      );
      const [code, { wire = code, meaning }] = codes[0]!;
      const error = { code: wire, message: meaning, target: '|b1838e63-40a6640ddd2719ac.' };
      return [
        name,
        {
          description: codes.map(([one, entry]) => `\`${entry.wire ?? one}\`: ${entry.meaning}`).join('\n\n'),
          headers: {
            'OData-Version': { $ref: '#/components/headers/OData-Version' },
            ...HEADERS[Number(status)],
          },
          content: { 'application/json': { schema, example: { error } } },
        },
      ];
    }),
  );
}

const ref = (status: number): [string, JsonObject] => [
  String(status),
  { $ref: `#/components/responses/${NAMES[status]}` },
];

/** Which of them an operation can give. */
export function errorsOf({ method, path, body, parameters }: Operation): JsonObject {
  const names = path.includes(':') || body !== null;
  const sends = method !== 'GET';
  const repeats = parameters.some(({ name }) => name === 'Idempotency-Key');
  return Object.fromEntries([
    ...[400, 401, 403].map(ref),
    ...(names ? [ref(404)] : []),
    ...[405, 408].map(ref),
    ...(sends ? [ref(413)] : []),
    ref(414),
    ...(sends ? [ref(415)] : []),
    ...(repeats ? [ref(422)] : []),
    ...[429, 500, 503].map(ref),
  ]);
}
