import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import test from 'node:test';
import type { Client } from 'pg';
import { openSignals } from '../../src/store/postgres/signals.ts';

/** A connection that hands over what it is told, and answers when the test does. */
function slowClient() {
  const told = new EventEmitter<{ told: [words: string[], answer: () => void]; ended: [] }>();
  const client = Object.assign(new EventEmitter(), {
    escapeIdentifier: (name: string) => `"${name}"`,
    async end() {
      told.emit('ended');
    },
    query(text: string, params: string[] = []) {
      if (!text.includes('pg_notify')) return Promise.resolve({ rows: [{ schema: 'public', pid: 1 }] });
      return new Promise<void>((answer) => told.emit('told', params.slice(1), answer));
    },
  });
  return { told, connect: async () => client as unknown as Client };
}

test('words that come while others are being told wait and leave together', async () => {
  const { told, connect } = slowClient();
  const signals = openSignals(connect);
  const first = once(told, 'told');
  signals.tell('one');
  const [words, answer] = await first;
  assert.deepEqual(words, ['one']);
  const second = once(told, 'told');
  signals.tell('two');
  signals.tell('three');
  let ended = false;
  told.once('ended', () => {
    ended = true;
  });
  const closed = signals.close();
  answer();
  const [others, last] = await second;
  assert.deepEqual(others, ['two three']);
  assert.equal(ended, false);
  last();
  await closed;
  assert.equal(ended, true);
});
