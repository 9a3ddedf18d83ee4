import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { type Changes, coalescer } from '../../console/src/live/coalesce.ts';
import type { Hearing } from '../../console/src/live/hearing.ts';
import { pollingPace, reopenAfter } from '../../console/src/live/pace.ts';
import { hearTogether } from '../../console/src/live/together.ts';
import { movedBy } from '../../console/src/parts/grid-model.ts';
import { ticking } from '../../console/src/parts/tick.ts';

const change = (machineId: string, actionId: string | null = null) => ({ machineId, actionId, status: null });

describe('changes that are told', () => {
  test('the first is read at once, and those that come meanwhile are read together, never two at a time', async () => {
    const reads: Changes[] = [];
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let under = 0;
    const told = coalescer(
      async (changes) => {
        under += 1;
        assert.equal(under, 1);
        reads.push(changes);
        await gates[reads.length - 1]!.promise;
        under -= 1;
      },
      async () => {},
      () => 0,
    );
    told.add(change('a'));
    assert.deepEqual([...reads[0]!.machines], ['a'], 'at once');
    told.add(change('b', '1'));
    told.add(change('c'));
    told.add(change('b', '2'));
    assert.equal(reads.length, 1);
    gates[0]!.resolve();
    while (reads.length < 2) await Promise.resolve();
    assert.deepEqual([...reads[1]!.machines], ['b', 'c']);
    assert.deepEqual([...reads[1]!.actions], ['1', '2']);
    gates[1]!.resolve();
  });

  test('after a reading the next one waits as long as it took, and no longer than an eighth of a second', async () => {
    const waits: number[] = [];
    let clock = 0;
    const steps = [20, 900];
    const done = Promise.withResolvers<void>();
    const told = coalescer(
      async () => {
        clock += steps[waits.length] ?? 0;
      },
      async (milliseconds) => {
        waits.push(milliseconds);
        if (waits.length === 1) told.add(change('b'));
        else done.resolve();
      },
      () => clock,
    );
    told.add(change('a'));
    await done.promise;
    assert.deepEqual(waits, [20, 120]);
  });

  test('very many, or a word that more has changed, are a reading of everything', async () => {
    const reads: Changes[] = [];
    const gate = Promise.withResolvers<void>();
    const told = coalescer(
      async (changes) => {
        reads.push(changes);
        if (reads.length === 1) await gate.promise;
      },
      async () => {},
      () => 0,
    );
    told.add(change('first'));
    for (let index = 0; index < 500; index += 1) told.add(change(`machine ${index}`));
    gate.resolve();
    while (reads.length < 2) await Promise.resolve();
    assert.equal(reads[1]!.everything, true);
  });
});

describe('pages of one browser', () => {
  /** A page, and what it was told; the server's words to it come from `says` while it leads. */
  function open() {
    const told: string[] = [];
    const leading = Promise.withResolvers<Hearing>();
    let closed = false;
    const stop = hearTogether(
      {
        onBegin: () => told.push('begin'),
        onChange: ({ machineId }) => told.push(machineId),
        onReload: () => told.push('reload'),
        onState: (state) => told.push(state),
        onEnd: () => told.push('end'),
      },
      (hearing) => {
        leading.resolve(hearing);
        return () => {
          closed = true;
        };
      },
    );
    return { told, stop, leading: leading.promise, isClosed: () => closed };
  }
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
  };

  test('share the stream of one of them, and another one takes over when it goes', async () => {
    const first = open();
    const server = await first.leading;
    server.onBegin();
    server.onState('live');
    const second = open();
    await until(() => second.told.length === 2);
    assert.deepEqual(second.told, ['live', 'begin'], 'the second reads what was not told to it');
    server.onChange(change('a'));
    server.onReload();
    server.onEnd();
    await until(() => second.told.length === 5);
    assert.deepEqual(second.told.slice(2), ['a', 'reload', 'end']);
    assert.deepEqual(first.told, ['begin', 'live', 'a', 'reload', 'end']);

    first.stop();
    const next = await second.leading;
    assert.equal(first.isClosed(), true);
    next.onBegin();
    next.onState('live');
    next.onChange(change('b'));
    assert.deepEqual(
      second.told.slice(5),
      ['reload', 'live', 'b'],
      'what happened in between was told to nobody',
    );
    assert.equal(first.told.length, 5, 'nothing is told to a page that has gone');
    second.stop();
    await until(second.isClosed);
  });

  test('one that goes before it leads opens no stream', async () => {
    const first = open();
    const server = await first.leading;
    const second = open();
    const third = open();
    second.stop();
    first.stop();
    const next = await third.leading;
    assert.notEqual(next, server);
    assert.deepEqual(second.told, []);
    third.stop();
    await until(third.isClosed);
  });
});

describe('how often everything is read', () => {
  test('less often while changes are told, and never so often that it keeps the server busy', () => {
    assert.equal(pollingPace('live', 100), 30_000);
    assert.equal(pollingPace('polling', 100), 5_000);
    assert.equal(pollingPace('polling', 1_000), 20_000);
  });

  test('a stream that is refused is opened again more and more rarely', () => {
    assert.deepEqual([0, 1, 2, 9].map(reopenAfter), [1_000, 2_000, 4_000, 30_000]);
  });
});

describe('keys in a list', () => {
  test('lead from row to row and stay in the list', () => {
    assert.equal(movedBy('ArrowDown', 0, 3, 10), 1);
    assert.equal(movedBy('ArrowUp', 0, 3, 10), 0);
    assert.equal(movedBy('PageDown', 0, 3, 10), 2);
    assert.equal(movedBy('End', 0, 3, 10), 2);
    assert.equal(movedBy('x', 0, 3, 10), null);
  });
});

describe('the clock of what says how long ago', () => {
  test('is not as old as the last look when somebody looks again, and rests while nobody does', () => {
    let time = 0;
    const steps = new Set<() => void>();
    const tick = ticking(
      () => time,
      1_000,
      (step) => {
        steps.add(step);
        return () => steps.delete(step);
      },
    );
    const seen: number[] = [];
    const leave = tick.subscribe(() => seen.push(tick.get()));
    time = 400;
    assert.equal(tick.get(), 0, 'one time for all that is drawn together');
    time = 1_000;
    for (const step of steps) step();
    assert.deepEqual(seen, [1_000]);
    leave();
    assert.equal(steps.size, 0);
    time = 300_000;
    assert.equal(tick.get(), 300_000, 'a page that was opened five minutes later');
    tick.subscribe(() => seen.push(tick.get()));
    time = 900_000;
    tick.catchUp();
    assert.deepEqual(seen, [1_000, 900_000], 'a page that could not be seen');
  });
});
