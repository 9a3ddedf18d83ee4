/** The addresses of the description that tell of the server itself. */
import { Type } from 'typebox';
import { type Address, jsonReply } from './address.ts';
import { SERVER } from './tags.ts';

/** What every address refuses with, whatever it is for. */
const REFUSALS = {
  403: 'Forbidden',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  414: 'UriTooLong',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
} as const;

const status = (value: string) => Type.Object({ status: Type.Literal(value) });

export const SERVER_ADDRESSES: readonly Address[] = [
  {
    id: 'getHealth',
    method: 'get',
    path: '/healthz',
    tag: SERVER,
    summary: 'Whether the process lives',
    description: 'Answered at any load.',
    form: null,
    replies: { 200: jsonReply(status('ok'), 'It lives.'), ...REFUSALS },
  },
  {
    id: 'getReadiness',
    method: 'get',
    path: '/readyz',
    tag: SERVER,
    summary: 'Whether the server takes calls',
    description:
      'Load balancers go by it: 503 while the server starts or drains, or its store does not answer.',
    form: null,
    replies: {
      200: jsonReply(status('ready'), 'It takes calls.'),
      ...REFUSALS,
    },
  },
  {
    id: 'getDescription',
    method: 'get',
    path: '/openapi.json',
    tag: SERVER,
    summary: 'This description',
    description: 'OpenAPI 3.1 of the server that answers. `/reference` shows it as a page.',
    form: null,
    replies: {
      200: jsonReply(
        Type.Object({ openapi: Type.String({ examples: ['3.1.1'] }) }, { additionalProperties: true }),
        'An OpenAPI document.',
      ),
      ...REFUSALS,
    },
  },
];
