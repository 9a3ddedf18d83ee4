import assert from 'node:assert/strict';
import test from 'node:test';
import type { ErrorCode } from '../../src/contract/errors.ts';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld } from '../kit/world.ts';

const MISSING = 'Parameter Comment is missing.';
const NOT_JSON = 'Invalid request body. It is not valid JSON.';

/** What a cancellation, whose comment may be left out, is answered for some of these. */
const NO_REASON = [
  'no comment',
  'an empty comment',
  'a blank comment',
  'null as body',
  'null as comment',
  'nothing',
];
const OTHERWISE = new Map<string, RegExp>([
  ['the name in lower case', /property comment is not known/],
  ['a number as ExternalId', /ExternalId/],
  ['a long ExternalId', /ExternalId/],
  ['U+0000 in ExternalId', /ExternalId/],
]);

/** Bodies that no action may come of, with the answer. */
const BAD: readonly (readonly [what: string, body: unknown, code: ErrorCode, message: string | RegExp])[] = [
  ['no comment', {}, 'MissingRequiredParameter', MISSING],
  ['an empty comment', { Comment: '' }, 'MissingRequiredParameter', MISSING],
  ['a blank comment', { Comment: ' \t\n\u00a0' }, 'MissingRequiredParameter', MISSING],
  ['the name in lower case', { comment: 'x' }, 'MissingRequiredParameter', MISSING],
  ['null as body', 'null', 'MissingRequiredParameter', MISSING],
  ['a number as comment', { Comment: 5 }, 'InvalidRequestBody', /property Comment must be of type string/],
  ['null as comment', { Comment: null }, 'InvalidRequestBody', /property Comment must be of type string/],
  ['true as comment', { Comment: true }, 'InvalidRequestBody', /property Comment must be of type string/],
  ['a list as comment', { Comment: ['x'] }, 'InvalidRequestBody', /property Comment must be of type string/],
  ['an object as comment', { Comment: {} }, 'InvalidRequestBody', /property Comment must be of type string/],
  ['a number as ExternalId', { Comment: 'x', ExternalId: 5 }, 'InvalidRequestBody', /property ExternalId/],
  ['a long ExternalId', { Comment: 'x', ExternalId: 'x'.repeat(256) }, 'InvalidInput', /ExternalId/],
  ['U+0000 in ExternalId', { Comment: 'x', ExternalId: 'a\0b' }, 'InvalidInput', /ExternalId\. .*U\+0000/],
  [
    'an unknown property',
    { Comment: 'x', Scope: 'Full' },
    'InvalidRequestBody',
    /property Scope is not known/,
  ],
  ['both spellings', { Comment: 'x', comment: 'y' }, 'InvalidRequestBody', /property comment is not known/],
  ['a list as body', [{ Comment: 'x' }], 'InvalidRequestBody', /must be of type object/],
  ['text as body', '"Comment"', 'InvalidRequestBody', /must be of type object/],
  ['a number as body', '5', 'InvalidRequestBody', /must be of type object/],
  ['4,001 characters', { Comment: 'x'.repeat(4001) }, 'InvalidInput', /has 4001 characters, at most 4000/],
  ['U+0000', { Comment: 'a\0b' }, 'InvalidInput', 'Invalid input Comment. It contains U+0000.'],
  ['half a pair', '{"Comment":"\\ud83d"}', 'InvalidInput', /Comment\. It is not well-formed Unicode/],
  ['broken JSON', '{"Comment":"x"', 'InvalidRequestBody', NOT_JSON],
  ['JSON with a comment', '{"Comment":"x"} // why', 'InvalidRequestBody', NOT_JSON],
  ['two bodies', '{"Comment":"x"}{"Comment":"y"}', 'InvalidRequestBody', NOT_JSON],
  ['single quotes', "{'Comment':'x'}", 'InvalidRequestBody', NOT_JSON],
  ['a form', 'Comment=x', 'InvalidRequestBody', NOT_JSON],
  ['nothing', '', 'MissingRequiredParameter', 'Parameter Comment is missing.'],
  ['blanks', '   ', 'InvalidRequestBody', NOT_JSON],
  [
    '__proto__',
    '{"Comment":"x","__proto__":{"role":"admin"}}',
    'InvalidRequestBody',
    'Invalid request body. The property __proto__ is not known.',
  ],
  [
    '__proto__ alone',
    '{"__proto__":{"Comment":"x"}}',
    'InvalidRequestBody',
    /property __proto__ is not known/,
  ],
  ['__proto__ in escapes', '{"\\u005f_proto__":{"Comment":"x"}}', 'InvalidRequestBody', /property __proto__/],
  ['__proto__ within', '{"Comment":[[{"__proto__":1}]]}', 'InvalidRequestBody', /property __proto__/],
  ['__proto__ as text', '{"Comment":"x","y":"__proto__"}', 'InvalidRequestBody', /property y is not known/],
  ['__proto__ in broken JSON', '{"__proto__":{}', 'InvalidRequestBody', NOT_JSON],
  [
    '__proto__ deep within',
    `{"Comment":${'['.repeat(20_000)}{"__proto__":1}${']'.repeat(20_000)}}`,
    'InvalidRequestBody',
    /property __proto__/,
  ],
  [
    'constructor',
    '{"Comment":"x","constructor":{"prototype":{"a":1}}}',
    'InvalidRequestBody',
    /property constructor is not known/,
  ],
  ['constructor as text', '{"Comment":"x","constructor":"y"}', 'InvalidRequestBody', /property constructor/],
  ['a deep list', `{"Comment":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'InvalidRequestBody', /Comment/],
  ['a deep open list', '['.repeat(60_000), 'InvalidRequestBody', NOT_JSON],
];

for (const [what, body, code, message] of BAD) {
  test(`a body with ${what} is refused, and nothing is written`, async () => {
    await using world = await startWorld();
    const { machineId, tenantId } = await world.device();
    for (const operation of ['restrictCodeExecution', 'unrestrictCodeExecution']) {
      refused(await world.call('POST', `/api/machines/${machineId}/${operation}`, { body }), code, message);
    }
    assert.deepEqual(await world.store.controls(tenantId, machineId), []);
    assert.equal(({} as { role?: string }).role, undefined, 'no prototype was changed');
    const action = await world.restrict(machineId);
    const cancelled = await world.call('POST', `/api/machineactions/${action.id}/cancel`, { body });
    if (NO_REASON.includes(what)) {
      assert.equal(succeeded<WireMachineAction>(cancelled).cancellationComment, null);
      return;
    }
    const otherwise = OTHERWISE.get(what);
    refused(cancelled, otherwise === undefined ? code : 'InvalidRequestBody', otherwise ?? message);
    assert.equal((await world.action(action.id)).status, 'Pending');
  });
}

test('comments come back as they were sent, up to 4,000 characters of any script', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const comments = [
    'x'.repeat(4000),
    '\u{1f4a5}'.repeat(2000),
    `' or 1=1; drop table machine_action; --`,
    '<script>alert("x")</script> & \\ " \u2028 \u202e',
    '  blanks around are kept  ',
    '{"Comment":"in a comment"}',
    'line\r\nbreak\ttab\u0001',
  ];
  for (const comment of comments) {
    const action = await world.restrict(machineId, comment);
    assert.equal(action.requestorComment, comment);
    assert.equal((await world.action(action.id)).requestorComment, comment);
    await world.cancel(action.id, comment);
    assert.equal((await world.action(action.id)).cancellationComment, comment);
  }
});

test('escapes of every character fit within the limit of a body', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const escaped = '\\u00e9'.repeat(4000);
  const path = `/api/machines/${machineId}/restrictCodeExecution`;
  const reply = await world.call('POST', path, { body: `{"Comment":"${escaped}"}` });
  assert.equal(succeeded<WireMachineAction>(reply, 201).requestorComment, 'é'.repeat(4000));
});

test('of a name given twice the last counts, and the answer shows which', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const path = `/api/machines/${machineId}/restrictCodeExecution`;
  const reply = await world.call('POST', path, { body: '{"Comment":"first","Comment":"last"}' });
  const action = succeeded<WireMachineAction>(reply, 201);
  assert.equal(action.requestorComment, 'last');
  assert.equal((await world.action(action.id)).requestorComment, 'last');
});

test('a missing Content-Type is read as JSON, a wrong one is 415, whatever the body', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const path = `/api/machines/${machineId}/restrictCodeExecution`;
  const wrong = [
    'text/plain',
    'text/html',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jose',
    'json',
    'application/jsonp',
    'application/json; charset=utf-16',
    'application/json;Charset="ISO-8859-1"',
    'application/json; charset=utf-8; charset=utf-16',
  ];
  for (const type of wrong) {
    const reply = await world.call('POST', path, {
      body: '{"Comment":"x"}',
      headers: { 'content-type': type },
    });
    refused(reply, 'UnsupportedMediaType');
  }
  assert.deepEqual(await world.store.controls((await world.store.tenants())[0]!.id, machineId), []);
  const right = [
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
    'application/json; Charset="Utf-8"',
  ];
  for (const type of right) {
    const reply = await world.call('POST', path, {
      body: '{"Comment":"x"}',
      headers: { 'content-type': type },
    });
    await world.cancel(succeeded<WireMachineAction>(reply, 201).id);
  }
});
