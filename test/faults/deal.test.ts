import assert from 'node:assert/strict';
import test from 'node:test';
import { dealt } from '../kit/faults/deal.ts';
import { seeded } from '../kit/random.ts';

const cards = ['pause', 'kill', 'clock', 'answers'].map((name) => ({ name }));
const names = (rounds: number, seed: number) => dealt(cards, rounds, seeded(seed)).map(({ name }) => name);

test('a short run has a kill, whatever its seed', () => {
  for (let seed = 1; seed <= 50; seed += 1) assert.deepEqual(names(1, seed), ['kill']);
});

test('each fault strikes before any strikes again, and a seed deals the same again', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const faults = names(12, seed);
    for (const first of [0, 4, 8])
      assert.equal(new Set(faults.slice(first, first + 4)).size, 4, faults.join(' '));
    assert.deepEqual(names(12, seed), faults);
  }
  assert.ok(new Set(Array.from({ length: 20 }, (_, seed) => names(8, seed).join(' '))).size > 5);
});

test('where a kill is not among them, what there is strikes', () => {
  assert.deepEqual(
    dealt([{ name: 'pause' }], 3, seeded(1)).map(({ name }) => name),
    ['pause', 'pause', 'pause'],
  );
});
