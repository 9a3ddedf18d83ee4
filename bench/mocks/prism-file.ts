import type { Canned } from './table.ts';

/** The OpenAPI description of the one call, with the body as its example. */
export function prismFile({ body }: Canned): string {
  return JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'one call', version: '1' },
    paths: {
      '/api/machines/{id}/restrictCodeExecution': {
        post: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['Comment'],
                  properties: { Comment: { type: 'string' } },
                },
              },
            },
          },
          responses: {
            201: {
              description: 'The action',
              content: { 'application/json': { schema: { type: 'object' }, example: JSON.parse(body) } },
            },
          },
        },
      },
    },
  });
}
