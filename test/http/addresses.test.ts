import assert from 'node:assert/strict';
import test from 'node:test';
import { checkRefusal } from '../kit/reply.ts';
import { request, sendRaw } from '../kit/wire.ts';
import { startWorld } from '../kit/world.ts';

test('an address beside the operations refuses other methods with Allow, in any letter case', async () => {
  await using world = await startWorld();
  for (const [line, allow] of [
    ['GET /cordon/v1/device/exchange', 'POST'],
    ['PUT /Cordon/v1/Device/Enrol', 'POST'],
    ['POST /healthz', 'GET, HEAD'],
    ['DELETE /readyz?now', 'GET, HEAD'],
    ['PROPFIND /api/machines', 'GET, HEAD'],
    ['TRACE /api/v1.0/machineactions', 'GET, HEAD'],
  ] as const) {
    const reply = await sendRaw(world.url, request(line));
    assert.equal(`${reply.status} ${checkRefusal(reply).code}`, '405 MethodNotAllowed', line);
    assert.equal(reply.headers.get('allow')?.trim(), allow);
  }
});

test('a missing Content-Type is read as the address’s own: a form for tokens, a signed message for devices', async () => {
  await using world = await startWorld();
  const form = 'grant_type=client_credentials&client_id=x&client_secret=y';
  const length = (body: string) => ({ 'content-length': String(body.length) });
  const token = await sendRaw(world.url, request('POST /common/oauth2/v2.0/token', length(form)) + form);
  assert.match(token.json<{ error_description: string }>().error_description, /^AADSTS/);
  const message = 'a.b.c';
  const exchange = await sendRaw(
    world.url,
    request('POST /cordon/v1/device/exchange', length(message)) + message,
  );
  assert.equal(checkRefusal(exchange).message, 'The exchange is not a signed message.');
});
