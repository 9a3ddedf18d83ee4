import assert from 'node:assert/strict';
import test from 'node:test';
import { checkRefusal, ODATA_TYPE, type Reply, refused, succeeded } from '../kit/reply.ts';
import { openConnection, request, sendRaw } from '../kit/wire.ts';
import { startWorld, type World } from '../kit/world.ts';

/** The server lives and takes a real call; nothing of what came before has left a mark. */
async function alive(world: World, actions = 0): Promise<void> {
  const list = succeeded<{ value: unknown[] }>(await world.get('/api/machineactions'));
  assert.equal(list.value.length, actions);
}

const bearer = (world: World) => ({ authorization: `Bearer ${world.full}` });
const json = { 'content-type': 'application/json' };

function inLog(world: World, reply: Reply): void {
  const { target } = checkRefusal(reply);
  assert.ok(world.logged.some((line) => line.correlation === target));
  assert.equal(reply.headers.get('content-type')?.trim(), ODATA_TYPE);
}

test('a missing Content-Type is read as JSON', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const body = '{"Comment":"x"}';
  const reply = await sendRaw(
    world.url,
    request(`POST /api/machines/${machineId}/restrictCodeExecution`, {
      ...bearer(world),
      'content-length': String(body.length),
    }) + body,
  );
  assert.equal(reply.status, 201, reply.text);
  await alive(world, 1);
});

test('a body without any length, chunked, is read like any other', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const reply = await sendRaw(
    world.url,
    request(`POST /api/machines/${machineId}/restrictCodeExecution`, {
      ...bearer(world),
      ...json,
      'transfer-encoding': 'chunked',
    }),
    '5\r\n{"Com\r\n',
    'a\r\nment":"x"}\r\n0\r\n\r\n',
  );
  assert.equal(reply.status, 201, reply.text);
  await alive(world, 1);
});

for (const [what, headers, body] of [
  ['invalid UTF-8', { 'content-length': '15' }, Buffer.from('{"Comment":"\xff"}', 'latin1')],
  [
    'invalid UTF-8 in chunks',
    { 'transfer-encoding': 'chunked' },
    Buffer.from('f\r\n{"Comment":"\xc3"}\r\n0\r\n\r\n', 'latin1'),
  ],
  [
    'UTF-16',
    { 'content-length': '32' },
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{"Comment":"x"}', 'utf16le')]),
  ],
  ['an overlong form', { 'content-length': '16' }, Buffer.from('{"Comment":"\xc0\xaf"}', 'latin1')],
] as const) {
  test(`a body with ${what} is refused and not repaired`, async () => {
    await using world = await startWorld();
    const { machineId } = await world.device();
    const line = `POST /api/machines/${machineId}/restrictCodeExecution`;
    const reply = await sendRaw(world.url, request(line, { ...bearer(world), ...json, ...headers }), body);
    assert.equal(`${reply.status} ${checkRefusal(reply).code}`, '400 InvalidRequestBody', reply.text);
    inLog(world, reply);
    await alive(world);
  });
}

test('a body of 10 MB is 413, whether it says its length or not, and before it has arrived', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const line = `POST /api/machines/${machineId}/restrictCodeExecution`;
  const announced = { ...bearer(world), ...json, 'content-length': String(10_000_000) };
  const early = await sendRaw(world.url, request(line, announced), '{"Comment":"');
  assert.equal(`${early.status} ${checkRefusal(early).code}`, '413 PayloadTooLarge');
  inLog(world, early);
  const chunked = { ...bearer(world), ...json, 'transfer-encoding': 'chunked' };
  const piece = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  const late = await sendRaw(world.url, request(line, chunked), piece.repeat(152));
  assert.equal(`${late.status} ${checkRefusal(late).code}`, '413 PayloadTooLarge');
  await alive(world);
});

test('a stranger’s body is not read: 401 comes before it has arrived', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const headers = { ...json, 'content-length': '60000' };
  const line = `POST /api/machines/${machineId}/restrictCodeExecution`;
  const reply = await sendRaw(world.url, request(line, headers), '{');
  assert.equal(`${reply.status} ${checkRefusal(reply).code}`, '401 Unauthorized');
  inLog(world, reply);
  await alive(world);
});

test('nor is a body that is sent to an address that does not exist', async () => {
  await using world = await startWorld();
  const headers = { 'content-type': 'text/strange', 'content-length': '900000' };
  const reply = await sendRaw(world.url, request('POST /api/nowhere', headers), '{');
  assert.equal(`${reply.status} ${checkRefusal(reply).code}`, '404 NotFound');
  await alive(world);
});

test('an upload that breaks off leaves nothing behind', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  for (const part of ['', '{"Comment":', '{"Comment":"x"']) {
    const socket = await openConnection(world.url);
    const headers = { ...bearer(world), ...json, 'content-length': '15' };
    socket.write(request(`POST /api/machines/${machineId}/restrictCodeExecution`, headers) + part);
    await new Promise<void>((resolve) => socket.end(resolve));
    socket.destroy();
  }
  await alive(world);
});

test('an upload byte by byte is taken when it is whole', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const headers = { ...bearer(world), ...json, 'content-length': '15' };
  const line = `POST /api/machines/${machineId}/restrictCodeExecution`;
  const text = `${request(line, headers)}{"Comment":"x"}`;
  const pieces = [text.slice(0, -15), ...text.slice(-15)];
  assert.equal((await sendRaw(world.url, ...pieces)).status, 201);
  await alive(world, 1);
});

const BROKEN: readonly (readonly [what: string, text: string])[] = [
  ['no HTTP', 'hello\r\n\r\n'],
  ['a bad method', 'G@T /api/machines HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a bad header', 'GET /api/machines HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n'],
  [
    'two lengths',
    'POST /api/machines HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx',
  ],
  [
    'a length and chunks',
    'POST /api/x HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a blank in the address', 'GET /api/mach ines HTTP/1.1\r\nhost: x\r\n\r\n'],
];
for (const [what, text] of BROKEN) {
  test(`${what} is a 400 in the shape of all errors`, async () => {
    await using world = await startWorld();
    const reply = await sendRaw(world.url, text);
    assert.equal(`${reply.status} ${checkRefusal(reply).code}`, '400 BadRequest');
    inLog(world, reply);
    await alive(world);
  });
}

test('headers that are too long are 414, and many are no harm', async () => {
  await using world = await startWorld();
  const reply = await sendRaw(world.url, request('GET /api/machines', { 'x-long': 'x'.repeat(200_000) }));
  assert.equal(`${reply.status} ${checkRefusal(reply).code}`, '414 UriTooLong');
  inLog(world, reply);
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x-${index}`, 'x']));
  const enough = await sendRaw(world.url, request('GET /api/machines', { ...bearer(world), ...many }));
  assert.equal(enough.status, 200);
  await alive(world);
});

for (const path of [
  '/api/machines/%',
  '/api/machines/%zz',
  '/api/machines/%ff',
  '/api/machines/%c3%28',
  '/api/machines/%ed%a0%80',
]) {
  test(`bad percent encoding in ${path} is a 400`, async () => {
    await using world = await startWorld();
    const reply = await sendRaw(world.url, request(`GET ${path}`, bearer(world)));
    assert.equal(`${reply.status} ${checkRefusal(reply).code}`, '400 BadRequest', reply.text);
    inLog(world, reply);
    assert.equal(reply.headers.get('odata-version')?.trim(), '4.0');
    await alive(world);
  });
}

test('paths that climb, double and hide reach nothing but a 404', async () => {
  await using world = await startWorld();
  const paths = [
    '/../../etc/passwd',
    '/api/../../../etc/passwd',
    '/api/machines/..%2f..%2f..%2fetc%2fpasswd',
    '/api/machines/%2e%2e/%2e%2e/package.json',
    '/api//machines',
    '//api/machines',
    '/api/machines/x/../../../server.key',
    '/.git/config',
    '/server.key',
    '/api/machines/%00',
    `/api/machines/${'x'.repeat(5000)}`,
    '/api/machines/__proto__',
    '/api/machines/constructor',
    '/api/machineactions/x/cancel/y',
  ];
  for (const path of paths) {
    const reply = await sendRaw(world.url, request(`GET ${path}`, bearer(world)));
    assert.equal(reply.status, 404, `${path}: ${reply.text}`);
    assert.match(checkRefusal(reply).code, /^(Resource)?NotFound$/);
    assert.ok(reply.text.length < 600, 'the answer repeats little of what was sent');
    inLog(world, reply);
  }
  await alive(world);
});

test('a U+0000 in a name or a filter is refused before the store sees it', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const body = { Comment: 'x' };
  const post = (name: string) => world.call('POST', `/api/machines/${name}/restrictCodeExecution`, { body });
  refused(await post(`${machineId}%00`), 'ResourceNotFound', 'What the address names was not found');
  refused(await world.get('/api/machineactions/%00'), 'ResourceNotFound');
  refused(await world.get('/cordon/v1/machines/a%00b'), 'ResourceNotFound');
  refused(await world.get(`/api/machines/findbytag?tag=a%00b`), 'InvalidInput');
  refused(await world.get(`/api/machineactions?$filter=requestor eq 'a%00b'`), 'ODataError', /U\+0000/);
  const tag = { Value: 'a\0b', Action: 'Add' };
  refused(await world.call('POST', `/api/machines/${machineId}/tags`, { body: tag }), 'InvalidInput');
  await alive(world);
});

test('a filter of 100 kB, a deep one and a wide one are ODataErrors, at once', async () => {
  await using world = await startWorld();
  const long = `startswith(requestor,'${'x'.repeat(100_000)}')`;
  const deep = `${'('.repeat(8000)}status eq 'Pending'${')'.repeat(8000)}`;
  const nots = `${'not '.repeat(4000)}status eq 'Pending'`;
  const wide = Array.from({ length: 600 }, () => "status eq 'Pending'").join(' or ');
  const began = performance.now();
  for (const filter of [long, deep, nots]) {
    refused(await world.get(`/api/machineactions?$filter=${encodeURIComponent(filter)}`), 'ODataError');
    refused(await world.get(`/api/machines?$filter=${encodeURIComponent(filter)}`), 'ODataError');
  }
  const reply = await world.get(`/api/machineactions?$filter=${encodeURIComponent(wide)}`);
  assert.ok([200, 400].includes(reply.status), reply.text);
  assert.ok(performance.now() - began < 5000);
  await alive(world);
});

test('an expression that is SQL is text or an error, never a statement', async () => {
  await using world = await startWorld();
  await world.restrict((await world.device()).machineId);
  for (const filter of [
    "requestor eq ''' or 1=1 --'",
    "requestor eq 'x'') or (1=1'",
    "contains(requestorComment,'%')",
    "contains(requestorComment,'_')",
    "startswith(requestor,'\\')",
  ]) {
    const reply = await world.get(`/api/machineactions?$filter=${encodeURIComponent(filter)}`);
    assert.deepEqual(succeeded<{ value: unknown[] }>(reply).value, [], filter);
  }
  for (const filter of ['1=1; drop table machine_action; --', 'requestor', '(select 1)', "x' or '1'='1"]) {
    refused(await world.get(`/api/machineactions?$filter=${encodeURIComponent(filter)}`), 'ODataError');
  }
  await alive(world, 1);
});
