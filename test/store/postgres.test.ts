import { after, before, describe } from 'node:test';
import { openPostgresStore } from '../../src/store/postgres/index.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../kit/postgres.ts';
import { storeConformance } from './conformance.ts';

describe('the store on PostgreSQL', { skip: whyNoPostgres() ?? false, timeout: 600_000 }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  let number = 0;
  storeConformance('postgres', async () => openPostgresStore(await server.url(`store_${number++}`)));
});
