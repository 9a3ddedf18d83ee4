import assert from 'node:assert/strict';
import test from 'node:test';
import { checkRefusal } from '../kit/reply.ts';
import { request, sendRaw } from '../kit/wire.ts';
import { startWorld } from '../kit/world.ts';

test('an address refuses other methods with Allow, in any letter case', async () => {
  await using world = await startWorld();
  for (const [line, allow] of [
    ['GET /cordon/v1/device/exchange', 'POST'],
    ['PUT /Cordon/v1/Device/Enrol', 'POST'],
    ['POST /healthz', 'GET, HEAD'],
    ['DELETE /readyz?now', 'GET, HEAD'],
    ['PROPFIND /api/machines', 'GET, HEAD'],
    ['TRACE /api/v1.0/machineactions', 'GET, HEAD'],
    ['DELETE /api/machines/', 'GET, HEAD'],
    ['PUT /API/v1.0/Machines/m/MachineActions/$count/?x', 'GET, HEAD'],
    ["POST /api/machines/findbyip(ip='10.0.0.1')", 'GET, HEAD'],
    ['GET /cordon/v1/roles/r/principals/p', 'DELETE'],
    ['POST /cordon/v1/webhooks/w', 'GET, HEAD, PATCH, DELETE'],
    // A machine's address would take these, were it not for the one that is meant.
    ['GET /cordon/v1/machines/actions', 'POST'],
    ['HEAD /cordon/v1/machines/actions', 'POST'],
    ['POST /api/machines/findbytag', 'GET, HEAD'],
  ] as const) {
    const reply = await sendRaw(world.url, request(line));
    assert.equal(reply.status, 405, line);
    if (!line.startsWith('HEAD')) assert.equal(checkRefusal(reply).code, 'MethodNotAllowed', line);
    assert.equal(reply.headers.get('allow')?.trim(), allow, line);
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

test('what no address takes is not found, however near it is', async () => {
  await using world = await startWorld();
  for (const line of [
    'GET /api/machines/m/',
    'PUT /api/machines//tags',
    'PUT /api/machines/m/tags/more',
    'PUT /apixmachines',
    'PUT /api/machines/$counted/x',
  ]) {
    const reply = await sendRaw(world.url, request(line));
    assert.equal(reply.status === 405, false, line);
    assert.ok(reply.status === 404 || reply.status === 401, `${line}: ${reply.status}`);
  }
});
