import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { choicesOf, filterMachines } from '../../console/src/machines/filter.ts';
import { FLAGS, hasFlag } from '../../console/src/machines/flags.ts';
import { mergeRows } from '../../console/src/machines/merge.ts';
import { compareRows, SORTS } from '../../console/src/machines/sort.ts';
import {
  EVERYTHING,
  MACHINES_UNDERSTOOD,
  type MachinesView,
  readMachinesView,
  writeMachinesView,
} from '../../console/src/machines/view.ts';
import { strangers } from '../../console/src/parts/strangers.ts';
import { anyText } from '../kit/any-text.ts';
import { control, summary } from '../kit/summary.ts';

const FLEET = [
  summary('ws-10.example', { machineTags: ['Finance'], lastIpAddress: '10.0.0.10' }),
  summary('ws-2.example', { controls: [control('restricted', 'proven')], rbacGroupName: 'laptops' }),
  summary('DB-1.example', { controls: [control('restricted', 'drifted')], connected: false }),
  summary('kiosk.example', {
    controls: [control('unrestricted', 'unproven')],
    osPlatform: 'Windows11',
    connected: null,
    activeAction: {
      id: '1',
      type: 'UnrestrictCodeExecution',
      status: 'Pending',
      requestor: 'ana',
      creationDateTimeUtc: '2026-11-26T03:00:00Z',
    },
  }),
];

const shown = (part: Partial<MachinesView>) =>
  filterMachines(FLEET, { ...EVERYTHING, ...part }).rows.map(({ computerDnsName }) => computerDnsName);

describe('what narrows the list of machines', () => {
  test('a search finds parts of name, tag, address and group, in any letter case, and each word of it', () => {
    assert.deepEqual(shown({ search: 'WS-1' }), ['ws-10.example']);
    assert.deepEqual(shown({ search: 'finance' }), ['ws-10.example']);
    assert.deepEqual(shown({ search: '10.0.0.10' }), ['ws-10.example']);
    assert.deepEqual(shown({ search: 'example lapt' }), ['ws-2.example']);
    assert.deepEqual(shown({ search: 'ws finance laptops' }), []);
  });

  test('flags hold together, and each says how many there would be with it', () => {
    assert.deepEqual(shown({ flags: ['restricted'] }), ['ws-2.example'], 'one that drifted is not contained');
    assert.deepEqual(shown({ flags: ['drifted', 'offline'] }), ['DB-1.example']);
    assert.deepEqual(shown({ flags: ['restricted', 'offline'] }), []);
    const { counts } = filterMachines(FLEET, { ...EVERYTHING, flags: ['offline'] });
    assert.deepEqual(counts, { restricted: 0, pending: 1, drifted: 1, unproven: 1, failed: 0, offline: 2 });
  });

  test('a machine that is inactive counts as offline, one that was never asked anything as nothing else', () => {
    assert.deepEqual(shown({ flags: ['offline'] }), ['DB-1.example', 'kiosk.example']);
    assert.deepEqual(shown({ flags: ['pending'] }), ['kiosk.example']);
  });

  test('a machine whose newest action failed is marked whatever is proven there, unless the proof is of that action', () => {
    const lastFailure = { id: '2', type: 'UnrestrictCodeExecution', status: 'Failed' } as const;
    const proven = (actionId: string) =>
      summary('ws-3', { controls: [{ ...control('restricted', 'proven'), actionId }], lastFailure });
    assert.equal(hasFlag(proven('1'), 'failed'), true);
    assert.equal(hasFlag(proven('2'), 'failed'), false, 'the proof came late');
    assert.equal(hasFlag(summary('ws-4', { lastFailure }), 'failed'), true);
    assert.equal(hasFlag(summary('ws-5'), 'failed'), false);
    assert.ok(compareRows(proven('1'), proven('2'), 'state') < 0, 'it comes first');
  });

  test('group, tag and platform are compared whole', () => {
    assert.deepEqual(shown({ group: 'lap' }), []);
    assert.deepEqual(shown({ tag: 'Finance' }), ['ws-10.example']);
    assert.deepEqual(shown({ platform: 'Windows11' }), ['kiosk.example']);
    assert.deepEqual(choicesOf(FLEET), {
      groups: ['laptops'],
      tags: ['Finance'],
      platforms: ['Linux', 'Windows11'],
    });
  });

  test('what each flag is said to give is what it gives', () => {
    const flags = fc.subarray([...FLAGS]);
    fc.assert(
      fc.property(flags, fc.constantFrom(...FLAGS), (chosen, more) => {
        const { counts } = filterMachines(FLEET, { ...EVERYTHING, flags: chosen });
        const both = FLAGS.filter((flag) => chosen.includes(flag) || flag === more);
        assert.equal(counts[more], shown({ flags: both }).length);
      }),
    );
  });
});

describe('the order of the list', () => {
  const names = (sort: (typeof SORTS)[number]) =>
    FLEET.toSorted((one, other) => compareRows(one, other, sort)).map(
      ({ computerDnsName }) => computerDnsName,
    );

  test('counts numbers in names as numbers, and letter case as nothing', () => {
    assert.deepEqual(names('name'), ['DB-1.example', 'kiosk.example', 'ws-2.example', 'ws-10.example']);
  });

  test('by state, what is under way and what needs a look comes first', () => {
    assert.deepEqual(names('state'), ['kiosk.example', 'DB-1.example', 'ws-2.example', 'ws-10.example']);
  });

  test('is one and the same however the rows came', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(FLEET, { minLength: 4 }), fc.constantFrom(...SORTS), (rows, sort) => {
        assert.deepEqual(
          rows.toSorted((one, other) => compareRows(one, other, sort)).map(({ id }) => id),
          FLEET.toSorted((one, other) => compareRows(one, other, sort)).map(({ id }) => id),
        );
      }),
    );
  });
});

describe('rows that were read again', () => {
  test('take the place of the old ones; what did not come is gone, and what is new is there', () => {
    const [first, second, third] = FLEET;
    const changed = { ...second!, connected: false };
    const added = summary('new.example');
    const merged = mergeRows(FLEET, [second!.id, third!.id, added.id], [changed, added]);
    assert.deepEqual(merged, [first, changed, FLEET[3], added]);
    assert.equal(merged[0], first, 'a row that did not change is the same, and is not drawn again');
  });
});

describe('the address of a view of machines', () => {
  test('says nothing of what is as usual', () => {
    assert.equal(writeMachinesView(EVERYTHING), '');
    assert.deepEqual(readMachinesView(''), EVERYTHING);
  });

  test('reads as people would write it, and passes over what it does not know', () => {
    const view = readMachinesView('?state=restricted,bogus,offline&sort=-lastSeen&group=a%26b&other=1');
    assert.deepEqual(view, {
      ...EVERYTHING,
      flags: ['restricted', 'offline'],
      sort: 'lastSeen',
      descending: true,
      group: 'a&b',
    });
    assert.deepEqual(readMachinesView('?sort=-constructor'), EVERYTHING);
    assert.deepEqual(
      strangers('?state=restricted,bogus&sort=-constructor&other=1&tag=x', MACHINES_UNDERSTOOD),
      ['state=restricted,bogus', 'sort=-constructor', 'other=1'],
    );
  });

  test('leads to the same view, whatever it is', () => {
    const text = anyText;
    const view = fc.record(
      {
        search: text,
        flags: fc.subarray([...FLAGS]),
        group: text,
        tag: text,
        platform: text,
        sort: fc.constantFrom(...SORTS),
        descending: fc.boolean(),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(view, (one) => {
        const query = `?${writeMachinesView(one)}`;
        assert.deepEqual(readMachinesView(query), one);
        assert.deepEqual(strangers(query, MACHINES_UNDERSTOOD), []);
      }),
    );
  });
});
