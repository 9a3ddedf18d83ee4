import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheOf } from '../../src/service/cache.ts';

test('A cache keeps as many values as it may and forgets the one that was asked for the longest time ago', () => {
  const cache = cacheOf<{ n: number }>(3);
  for (const n of [1, 2, 3]) cache.set(`${n}`, { n });
  assert.deepEqual(cache.get('1'), { n: 1 });
  cache.set('4', { n: 4 });
  assert.deepEqual([...cache.keys()].sort(), ['1', '3', '4']);
});

test('A value that is set again takes one place, and one that was deleted none', () => {
  const cache = cacheOf<{ n: number }>(2);
  cache.set('a', { n: 1 });
  cache.set('a', { n: 2 });
  cache.set('b', { n: 3 });
  assert.deepEqual(cache.get('a'), { n: 2 });
  cache.delete('a');
  cache.set('c', { n: 4 });
  assert.deepEqual([...cache.keys()].sort(), ['b', 'c']);
});
