/** What clients in the field send and rely on (reference, section 15), where no other test of the wire has it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { request, sendRaw } from '../kit/wire.ts';
import { RESOURCE, startWorld, TENANT } from '../kit/world.ts';

test('a connector’s whole job: a token, its connection test, an action followed to its end', async () => {
  await using world = await startWorld();
  const device = await world.device('ws-042.cordon.test');
  const client = await world.server.services.applications.create({
    tenantId: TENANT,
    displayName: 'connector',
    permissions: ['Machine.RestrictExecution', 'Machine.Read.All', 'Alert.Read.All', 'User.Read.All'],
    secretDays: 30,
  });
  world.keepSecret(client.text);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client.application.id,
    client_secret: client.text,
    resource: RESOURCE,
    'x-client-SKU': 'MSAL.Python',
    'x-client-OS': 'linux',
  });
  const answer = await fetch(`${world.url}/${TENANT}/oauth2/token?client-request-id=1&api-version=1.0`, {
    method: 'POST',
    body: form,
  });
  const token = ((await answer.json()) as { access_token: string }).access_token;
  world.keepSecret(token);
  assert.equal(decodeProtectedHeader(token).alg, 'RS256');
  const roles = decodeJwt(token).roles as string[];
  assert.ok(roles.includes('Machine.Read.All') && roles.includes('User.Read.All'));
  assert.equal(decodeJwt(token).aud, RESOURCE);

  succeeded(await world.get('/api/alerts?$top=1', token));
  refused(
    await world.get('/api/machines/ffffffffffffffffffffffffffffffffffffffff', token),
    'ResourceNotFound',
  );
  const found = succeeded<{ value: { id: string }[] }>(
    await world.get("/api/machines?$filter=computerDnsName+eq+'ws-042.cordon.test'", token),
  );
  const path = `/api/machines/${found.value[0]!.id}/unrestrictCodeExecution`;
  const reply = await world.call('POST', path, {
    token,
    body: { Comment: 'Machine was cleaned and validated' },
  });
  const { id } = succeeded<WireMachineAction>(reply, 201);
  const again = await world.call('POST', path, { token, body: { Comment: 'again' } });
  assert.match(again.text, /"message":"Action is already in progress"/);
  await device.obey();
  const filter = encodeURIComponent(`id eq '${id}' and status ne 'Pending'`);
  const polled = succeeded<{ value: WireMachineAction[] }>(
    await world.get(`/api/machineactions?$filter=${filter}`, token),
  );
  assert.equal(polled.value[0]?.status, 'Succeeded');
  assert.equal(polled.value[0]?.requestor, 'connector');
});

test('contexts and links are made of the public address, never of the Host header', async () => {
  await using world = await startWorld({ publicUrl: 'https://cordon.example.test' });
  await world.device();
  const headers = {
    authorization: `Bearer ${world.full}`,
    host: 'evil.test',
    'x-forwarded-host': 'evil.test',
  };
  const reply = await sendRaw(world.url, request('GET /api/machines', headers));
  assert.equal(reply.status, 200, reply.text);
  const context = reply.json<{ '@odata.context': string }>()['@odata.context'];
  assert.equal(context, 'https://cordon.example.test/api/$metadata#Machines');
  assert.ok(!reply.text.includes('evil'));
  assert.match(reply.headers.get('strict-transport-security') ?? '', /max-age=\d+/);
  assert.equal(decodeJwt(world.full).iss, `https://cordon.example.test/${TENANT}/`);
});

test('without TLS no Strict-Transport-Security is sent, and no header tells what the server is made of', async () => {
  await using world = await startWorld();
  const reply = await world.get('/api/machines');
  assert.equal(reply.headers.get('strict-transport-security'), null);
  for (const name of ['server', 'x-powered-by', 'access-control-allow-origin'])
    assert.equal(reply.headers.get(name), null);
});

test('filters, options and paths of connectors are understood as they are sent', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device('ws-042.cordon.test', {
    facts: { aadDeviceId: 'b1a7c0de-1111-4222-8333-444455556666' },
  });
  await world.restrict(machineId);
  const count = async (path: string) => succeeded<{ value: unknown[] }>(await world.get(path)).value.length;
  for (const [path, expected] of [
    [`/api/machineactions?%24filter=machineId%20eq%20%27${machineId}%27&%24top=10000&%24skip=0`, 1],
    [`/api/machineactions?$filter=machineId+eq+'${machineId}'+AND+status+eq+'Pending'`, 1],
    [
      "/api/machineactions?$filter=type%20in%20('RestrictCodeExecution',%20'Isolate')&$orderby=creationDateTimeUtc%20desc",
      1,
    ],
    ["/api/machineactions?$filter=type in('UnrestrictCodeExecution')", 0],
    ['/api/machineactions?$filter=creationDateTimeUtc%20gt%202026-03-01T00:00:00.000Z', 1],
    ['/api/machineactions?$filter=creationDateTimeUtc gt 2026-03-01Z', 1],
    ['/api/machines?$filter=aadDeviceId eq b1a7c0de-1111-4222-8333-444455556666', 1],
    ["/api/machines?$filter=(startswith(computerDnsName,'ws') and healthStatus eq 'Active')", 1],
    ['/api/machines?$count=true&$top=100', 1],
    [`/api/machines/${machineId}/machineactions?$top=5`, 1],
    ['/api/machineActions', 1],
    ['/API/V1.0/MachineActions/', 1],
  ] as const) {
    assert.equal(await count(path), expected, path);
  }
});

test('answers to HTTP/1.0 and on kept connections are whole', async () => {
  await using world = await startWorld();
  const headers = `authorization: Bearer ${world.full}\r\nhost: x\r\n`;
  const old = await sendRaw(world.url, `GET /api/machines HTTP/1.0\r\n${headers}\r\n`);
  assert.equal(old.status, 200);
  assert.deepEqual(old.json<{ value: unknown[] }>().value, []);
});
