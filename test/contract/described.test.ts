/** The comparison of answers with the description finds what it is there for. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ACTION_EXAMPLE } from '../../src/contract/examples.ts';
import { type Answer, faultsOf } from '../kit/description.ts';

const ID = ACTION_EXAMPLE.id;
const body = {
  '@odata.context': 'https://cordon.test/api/$metadata#MachineActions/$entity',
  ...ACTION_EXAMPLE,
};
const answer = (value: unknown, change: Partial<Answer> = {}): Answer => ({
  method: 'GET',
  target: `/api/machineactions/${ID}`,
  status: 200,
  headers: new Headers({ 'content-type': 'application/json; charset=utf-8', 'odata-version': '4.0' }),
  text: typeof value === 'string' ? value : JSON.stringify(value),
  ...change,
});
const without = (name: string) => Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
const error = (code: string) => ({ error: { code, message: 'm', target: 't' } });

const faulty: Readonly<Record<string, Answer>> = {
  'a property is missing': answer(without('title')),
  'the context of the entity is missing': answer(without('@odata.context')),
  'a property is too much': answer({ ...body, surplus: 1 }),
  'a type is wrong': answer({ ...body, errorHResult: '0' }),
  'a value is none of the list': answer({ ...body, status: 'Done' }),
  'a time is none': answer({ ...body, creationDateTimeUtc: 'yesterday' }),
  'the status is not described': answer(body, { status: 201 }),
  'a header is missing': answer(body, { headers: new Headers({ 'content-type': 'application/json' }) }),
  'the media type is another': answer('x', {
    headers: new Headers({ 'content-type': 'text/plain', 'odata-version': '4.0' }),
  }),
  'the body is no JSON': answer('{'),
  'the code is none of the status': answer(error('Forbidden'), { status: 404 }),
  'a refusal has another form': answer({ error: 'no' }, { status: 404 }),
  'a 429 does not say how long': answer(error('TooManyRequests'), { status: 429 }),
  'a 405 does not say what is allowed': answer(error('MethodNotAllowed'), { status: 405, method: 'PUT' }),
  'something answers where nothing is': answer(body, { target: '/api/elsewhere' }),
  'an entry of a collection lacks a property': answer(
    { '@odata.context': 'c', value: [without('title')] },
    { target: '/api/machineactions' },
  ),
  'a count is no number': answer('many', {
    target: '/api/machines/$count',
    headers: new Headers({ 'content-type': 'text/plain', 'odata-version': '4.0' }),
  }),
};

for (const [name, bad] of Object.entries(faulty)) {
  test(`an answer is at fault when ${name}`, () => {
    assert.notDeepEqual(faultsOf(bad), []);
  });
}

test('an answer as described is not at fault, in any letter case, under both addresses, and cut by $select', () => {
  assert.deepEqual(faultsOf(answer(body)), []);
  assert.deepEqual(faultsOf(answer(body, { target: `/API/v1.0/MachineActions/${ID}/` })), []);
  assert.deepEqual(faultsOf(answer('', { method: 'HEAD' })), []);
  const cut = { '@odata.context': 'c', value: [{ id: ID }] };
  assert.deepEqual(faultsOf(answer(cut, { target: '/api/machineactions?%24select=id' })), []);
  assert.notDeepEqual(faultsOf(answer(cut, { target: '/api/machineactions' })), []);
});
