import type { Canned } from './table.ts';

const id = (number: number) => `9f1d4d1e-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** Mockoon's data file of the one call. Whatever its schema asks for is there, since it repairs a file by asking a person. */
export function mockoonFile({ port, body }: Canned): string {
  return JSON.stringify({
    uuid: id(1),
    lastMigration: 33,
    name: 'one call',
    port,
    hostname: '127.0.0.1',
    endpointPrefix: '',
    latency: 0,
    folders: [],
    routes: [
      {
        uuid: id(2),
        type: 'http',
        documentation: '',
        method: 'post',
        endpoint: 'api/machines/:id/restrictCodeExecution',
        responses: [response(body)],
        responseMode: null,
        streamingMode: null,
        streamingInterval: 0,
      },
    ],
    rootChildren: [{ type: 'route', uuid: id(2) }],
    proxyMode: false,
    proxyHost: '',
    proxyRemovePrefix: false,
    tlsOptions: {
      enabled: false,
      type: 'CERT',
      pfxPath: '',
      certPath: '',
      keyPath: '',
      caPath: '',
      passphrase: '',
    },
    cors: false,
    headers: [],
    proxyReqHeaders: [],
    proxyResHeaders: [],
    data: [],
    callbacks: [],
  });
}

function response(body: string) {
  return {
    uuid: id(3),
    body,
    latency: 0,
    statusCode: 201,
    label: '',
    headers: [{ key: 'Content-Type', value: 'application/json' }],
    bodyType: 'INLINE',
    filePath: '',
    databucketID: '',
    sendFileAsBody: false,
    rules: [],
    rulesOperator: 'OR',
    disableTemplating: true,
    fallbackTo404: false,
    default: true,
    crudKey: 'id',
    callbacks: [],
  };
}
