import assert from 'node:assert/strict';
import test from 'node:test';
import { freeSlots, inTurn, MOST } from '../../src/webhook/slots.ts';

test('a receiver that answers gets four attempts at once, one that fails a single one', () => {
  assert.equal(freeSlots({ total: 0, ofWebhook: 0, failing: false }), 4);
  assert.equal(freeSlots({ total: 3, ofWebhook: 3, failing: false }), 1);
  assert.equal(freeSlots({ total: 0, ofWebhook: 0, failing: true }), 1);
  assert.equal(freeSlots({ total: 4, ofWebhook: 4, failing: true }), 0);
});

test('there are never more than all slots', () => {
  assert.equal(freeSlots({ total: MOST - 1, ofWebhook: 0, failing: false }), 1);
  assert.equal(freeSlots({ total: MOST, ofWebhook: 0, failing: false }), 0);
});

test('who was served longest ago comes first, and who never was before them', () => {
  const servedAt = new Map([
    ['a', 3],
    ['b', 1],
  ]);
  assert.deepEqual(
    inTurn([{ id: 'a' }, { id: 'b' }, { id: 'c' }], servedAt).map(({ id }) => id),
    ['c', 'b', 'a'],
  );
});
