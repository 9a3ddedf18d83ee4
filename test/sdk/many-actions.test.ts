import assert from 'node:assert/strict';
import test from 'node:test';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { client } from '../../src/sdk/index.ts';
import { startApiServer } from '../kit/api-server.ts';
import { atEnd } from '../kit/at-end.ts';

test('one call asks for an action on several machines, and tells what came of each', async (context) => {
  const api = await startApiServer();
  atEnd(context, () => api[Symbol.asyncDispose]());
  const credentials = { tenant: EMULATOR.tenant, clientId: EMULATOR.clientId, clientSecret: EMULATOR.secret };
  const service = client({ url: api.url, credentials });
  const value = [
    { machine: 'one', status: 404, action: null, error: { code: 'ResourceNotFound', message: '-' } },
  ];
  api.force('POST /cordon/v1/machines/actions', { status: 200, body: { value } });
  const request = { comment: 'why', releaseAfter: 'PT4H', idempotencyKey: 'key' };
  assert.deepEqual(await service.requestMany('RestrictCodeExecution', ['one'], request), value);
  const call = api.calls.at(-1)!;
  assert.deepEqual(call.body, {
    Type: 'RestrictCodeExecution',
    Machines: ['one'],
    Comment: 'why',
    ReleaseAfter: 'PT4H',
  });
  assert.equal(call.headers['idempotency-key'], 'key');
});
