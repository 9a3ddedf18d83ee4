/** The limit: a `node:http` server that reads the body and answers a constant of the same size, and does nothing else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { threadTimes } from './threads.ts';

const ANSWER = process.argv[2] ?? '{}';

const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => {
    response.writeHead(201, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(ANSWER),
    });
    response.end(ANSWER);
  });
});
process.on('message', (message) => {
  if (message === 'usage') process.send!(threadTimes([]));
});
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
