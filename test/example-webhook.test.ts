import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { EMULATOR } from '../src/contract/well-known.ts';
import { client } from '../src/sdk/index.ts';
import { ROOT } from './architecture/source.ts';
import { atEnd } from './kit/at-end.ts';
import { startLocalEmulator } from './kit/local-emulator.ts';
import { freePort } from './kit/server-process.ts';

test('examples/webhook-receiver.mjs verifies what an emulator tells, and refuses what others send', {
  timeout: 60_000,
}, async (context) => {
  const emulator = await startLocalEmulator();
  atEnd(context, () => emulator.close());
  const { tenant, clientId, secret: clientSecret } = EMULATOR;
  const api = client({ url: emulator.server.localUrl, credentials: { tenant, clientId, clientSecret } });
  const url = `http://127.0.0.1:${await freePort()}/`;
  const webhook = await api.webhooks.create({ name: 'example', url });

  const receiver = spawn(process.execPath, [join(ROOT, 'examples/webhook-receiver.mjs'), new URL(url).port], {
    env: { ...process.env, CORDON_WEBHOOK_SECRET: webhook.secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  atEnd(context, () => receiver.kill());
  const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => (await lines.next()).value ?? '';
  assert.equal(await line(), `receiving at ${url}`);

  assert.equal((await api.webhooks.test(webhook.id)).status, 204);
  assert.equal(await line(), 'test from example');
  const { id } = await api.restrict('ws-001.cordon.test', { comment: 'Contain it' });
  const told = [await line(), await line(), await line()];
  assert.deepEqual(
    told.map((text) => text.replace(/ \(.*/, '')),
    ['Pending', 'InProgress', 'Succeeded'].map(
      (status) => `RestrictCodeExecution on ws-001.cordon.test: ${status}`,
    ),
  );
  await api.webhooks.replayDelivery(webhook.id, `evt_${id}_1`);
  assert.equal(await line(), `${id} again`);

  const forged = await fetch(url, {
    method: 'POST',
    body: '{}',
    headers: { 'webhook-signature': 'v1,AAAA' },
  });
  assert.equal(forged.status, 401);
});
