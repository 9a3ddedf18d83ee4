import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import test, { describe } from 'node:test';
import type { WireChange } from '../../src/contract/console.ts';
import type { Caller } from '../../src/domain/caller.ts';
import { CordonError } from '../../src/domain/error.ts';
import { createEventStream } from '../../src/http/events/stream.ts';
import type { Call } from '../../src/service/call.ts';
import { type Change, createChanges } from '../../src/service/changes/changes.ts';
import { createFeed, type Listener } from '../../src/service/changes/feed.ts';
import { changeOf, shareChanges, wordOf } from '../../src/service/changes/share.ts';
import { machineId, TENANT } from '../kit/store.ts';

const quiet = { info() {}, warn() {}, error() {} };
const caller = (id: string): Caller => ({
  kind: 'application',
  tenantId: TENANT,
  id,
  name: id,
  permissions: [],
});
const callOf = (id = 'one', visible: Call['visible'] = null): Call => ({ caller: caller(id), visible });
const moved = (number: number, change: Partial<Extract<Change, { kind: 'machine' }>> = {}): Change => ({
  kind: 'machine',
  tenantId: TENANT,
  machineId: machineId(number),
  actionId: null,
  status: null,
  ...change,
});

/** A listener that writes down what it is told, and says when it was. */
function notebook() {
  const told: string[] = [];
  const heard = new EventEmitter();
  const note = (text: string) => {
    told.push(text);
    heard.emit('told');
  };
  const listener: Listener = {
    changed: (changes) => note(changes.map((one) => Number.parseInt(one.machineId.slice(4), 16)).join()),
    reload: () => note('reload'),
    ended: (reason) => note(`ended: ${reason}`),
  };
  return { told, listener, next: () => once(heard, 'told') };
}

function feedOf() {
  const changes = createChanges();
  const feed = createFeed({
    changes,
    store: { actionTarget: async (_tenant, id) => ({ groupId: Number(`0x${id.slice(4)}`) % 2 }) as never },
    forgetAccess: () => {},
    milliseconds: () => performance.now(),
    log: quiet,
  });
  return { changes, feed };
}

describe('changes between processes', () => {
  test('every change is one word without blanks, and the same change at the other end', () => {
    const all: Change[] = [
      moved(1),
      moved(2, { actionId: '3d0c8b52-6a41-4f0e-9a57-0c1d2e3f4a5b', status: 'Succeeded' }),
      { kind: 'all', tenantId: TENANT },
      { kind: 'all', tenantId: null },
    ];
    for (const change of all) {
      assert.doesNotMatch(wordOf(change), /\s/);
      assert.deepEqual(changeOf(wordOf(change)), change);
    }
  });

  test('a word about something else, or nonsense, is no change', () => {
    for (const word of ['', machineId(1), '~', '~a b', `~${TENANT}/x/y/z`, `~${TENANT}/${machineId(1)}`])
      assert.equal(changeOf(word), null, word);
    assert.deepEqual(changeOf(`~${TENANT}/${machineId(1)}//Invented`), moved(1));
  });

  test('what is told here is told there once, and does not come back', () => {
    const told: string[] = [];
    let hear = (_word: string) => {};
    const local = createChanges();
    const shared = shareChanges(local, {
      tell: (word) => void told.push(word),
      onTold: (listener) => {
        hear = listener;
      },
    });
    const heard: Change[] = [];
    local.listen((change) => void heard.push(change));
    shared.announce(moved(1));
    hear(wordOf(moved(2)));
    assert.deepEqual([told, heard], [[wordOf(moved(1))], [moved(1), moved(2)]]);
  });
});

describe('a feed', () => {
  test('gathers what comes together, tells each listener what it sees, and nothing of another tenant', async () => {
    const { changes, feed } = feedOf();
    const [everything, some] = [notebook(), notebook()];
    feed.open(callOf(), async () => callOf(), everything.listener);
    feed.open(callOf('two', [1]), async () => callOf('two', [1]), some.listener);
    for (const number of [1, 2, 3]) changes.announce(moved(number));
    changes.announce(moved(5, { tenantId: 'another' }));
    await some.next();
    assert.deepEqual([everything.told, some.told], [['1,2,3'], ['1,3']]);
    feed.stop();
    assert.deepEqual([everything.told.at(-1), feed.size()], ['ended: stopping', 0]);
    const late = notebook();
    const open = () => feed.open(callOf(), async () => callOf(), late.listener);
    assert.throws(open, { code: 'ServiceUnavailable' });
  });

  test('more than it tells one by one is a reload', async () => {
    const { changes, feed } = feedOf();
    const one = notebook();
    feed.open(callOf(), async () => callOf(), one.listener);
    for (let number = 0; number < 5000; number += 1) changes.announce(moved(number));
    await one.next();
    assert.deepEqual(one.told, ['reload']);
    feed.stop();
  });

  test('who may not listen any more is ended when access changes; a store that is away ends nobody', async () => {
    const { changes, feed } = feedOf();
    const [gone, kept] = [notebook(), notebook()];
    const refuse = (code: 'Forbidden' | 'ServiceUnavailable') => async () => {
      throw new CordonError(code, 'no');
    };
    feed.open(callOf('gone'), refuse('Forbidden'), gone.listener);
    feed.open(callOf('kept'), refuse('ServiceUnavailable'), kept.listener);
    changes.announce({ kind: 'all', tenantId: TENANT });
    await kept.next();
    assert.deepEqual([gone.told, kept.told, feed.size()], [['ended: session'], ['reload'], 1]);
    feed.stop();
  });

  test('one caller has a hundred listeners at most, and another one after one left', () => {
    const { feed } = feedOf();
    const open = () => feed.open(callOf(), async () => callOf(), notebook().listener);
    const opened = Array.from({ length: 100 }, open);
    assert.throws(open, { code: 'TooManyRequests' });
    opened[0]?.close();
    open();
    feed.stop();
  });
});

test('a reader who is too slow is told to read again, once it has caught up', () => {
  const written: string[] = [];
  const response = Object.assign(new EventEmitter(), {
    destroyed: false,
    writableLength: 0,
    write: (text: string) => written.push(text) > 0,
  });
  const stream = createEventStream(response as unknown as ServerResponse);
  const change: WireChange[] = [{ machineId: machineId(1), actionId: null, status: null }];
  stream.changed(change);
  response.writableLength = 300 * 1024;
  stream.changed(change);
  stream.changed(change);
  stream.changed(change);
  assert.equal(written.length, 2, 'what waits does not grow');
  response.writableLength = 0;
  response.emit('drain');
  assert.deepEqual(written.slice(2), ['event: reload\ndata: {}\n\n']);
  response.emit('close');
});
