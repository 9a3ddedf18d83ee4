import assert from 'node:assert/strict';
import test from 'node:test';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { pathOf, ROUTES, type RouteId } from '../../src/sdk/routes.ts';

test('every route of the client is the operation of the contract', () => {
  for (const id of Object.keys(ROUTES) as RouteId[]) {
    const operation: Operation = OPERATIONS[id];
    const base = operation.base === 'vendor' ? '/api' : '/cordon/v1';
    assert.deepEqual(ROUTES[id], { method: operation.method, path: `${base}${operation.path}` }, id);
  }
});

/** A stream without end, which is for a browser's `EventSource` and not for calls with one answer. */
const STREAMS = ['listenToChanges'];

test('every operation of ours with an answer has a route', () => {
  const ours = Object.values<Operation>(OPERATIONS).filter(
    ({ base, id }) => base === 'cordon' && !STREAMS.includes(id),
  );
  assert.deepEqual(
    ours.filter(({ id }) => !(id in ROUTES)).map(({ id }) => id),
    [],
  );
});

test('a parameter is one segment, whatever it contains, and never empty', () => {
  const route = { method: 'GET', path: '/api/machines/:id' } as const;
  assert.equal(pathOf(route, { id: '../a b/%?#' }), '/api/machines/..%2Fa%20b%2F%25%3F%23');
  assert.throws(() => pathOf(route, { id: '' }), RangeError);
  assert.throws(() => pathOf(route, {}), RangeError);
  for (const id of ['.', '..']) assert.throws(() => pathOf(route, { id }), RangeError);
});
