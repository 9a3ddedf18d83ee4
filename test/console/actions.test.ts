import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import fc from 'fast-check';
import { CSV_COLUMNS, csvOf } from '../../console/src/actions/export.ts';
import { mergeActions } from '../../console/src/actions/merge.ts';
import {
  ACTION_SORTS,
  ACTIONS_UNDERSTOOD,
  type ActionsView,
  ALL_ACTIONS,
  filterOf,
  readActionsView,
  writeActionsView,
} from '../../console/src/actions/view.ts';
import { strangers } from '../../console/src/parts/strangers.ts';
import { ACTION_STATUSES, type WireMachineAction } from '../../src/contract/machine-action.ts';
import { anyText } from '../kit/any-text.ts';
import { actionQuery, readAction } from '../kit/odata.ts';

const utc = (day: string, after: number) =>
  `${day.slice(0, 8)}${String(Number(day.slice(8)) + after).padStart(2, '0')}T00:00:00Z`;

const text = anyText.filter((value) => !value.includes('\u0000'));
const day = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2199-12-30'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const views = fc.record(
  {
    statuses: fc.subarray([...ACTION_STATUSES]),
    type: fc.constantFrom('' as const, 'RestrictCodeExecution' as const, 'UnrestrictCodeExecution' as const),
    machine: text,
    requestor: text,
    since: fc.oneof(fc.constant(''), day),
    until: fc.oneof(fc.constant(''), day),
    filter: fc.constantFrom(
      '',
      "startswith(requestorComment,'a')",
      "status eq 'Failed' or type eq 'Isolate'",
    ),
    sort: fc.constantFrom(...ACTION_SORTS),
    descending: fc.boolean(),
  },
  { noNullPrototype: true },
) satisfies fc.Arbitrary<ActionsView>;

describe('the filter of the action center', () => {
  test('is empty for everything', () => {
    assert.equal(filterOf(ALL_ACTIONS), '');
  });

  test('is the filter that a program would write', () => {
    const view: ActionsView = {
      ...ALL_ACTIONS,
      statuses: ['Failed', 'TimeOut'],
      machine: "o'neil",
      since: '2026-11-25',
      until: '2026-11-26',
    };
    assert.equal(
      filterOf(view, utc),
      "(status in ('Failed','TimeOut')) and (contains(computerDnsName,'o''neil')) and (creationDateTimeUtc ge 2026-11-25T00:00:00Z) and (creationDateTimeUtc lt 2026-11-27T00:00:00Z)",
    );
  });

  test('is taken by the server, whatever was typed, and a filter of one’s own does not reach beyond its parentheses', () => {
    fc.assert(
      fc.property(views, (view) => {
        const filter = filterOf(view);
        if (filter !== '') assert.ok(readAction(filter));
      }),
    );
    const both = filterOf({
      ...ALL_ACTIONS,
      statuses: ['Pending'],
      filter: "status eq 'Failed' or type eq 'Isolate'",
    });
    assert.equal(both, "(status in ('Pending')) and (status eq 'Failed' or type eq 'Isolate')");
  });

  test('narrows the list to changed actions by the form that the server takes', () => {
    const id = '01a20ad7-975e-7362-8000-000000000001';
    assert.ok(actionQuery(`$filter=${encodeURIComponent(`id in ('${id}')`)}`).filter);
  });
});

describe('the address of a view of actions', () => {
  test('says nothing of what is as usual, and passes over what it does not know', () => {
    assert.equal(writeActionsView(ALL_ACTIONS), '');
    assert.deepEqual(
      readActionsView('?status=Nope&type=toString&since=2026-99-99&$orderby=id%20desc'),
      ALL_ACTIONS,
    );
  });

  test('names what of it is not understood', () => {
    const query =
      '?status=Failed,Nope&type=toString&since=2026-99-99&$orderby=id%20desc&machine=a&colour=red';
    assert.deepEqual(strangers(query, ACTIONS_UNDERSTOOD), [
      'status=Failed,Nope',
      'type=toString',
      'since=2026-99-99',
      '$orderby=id desc',
      'colour=red',
    ]);
  });

  test('has the names of OData where they are OData', () => {
    const view = readActionsView("?$filter=machineId%20eq%20'1'&$orderby=status%20asc&status=Failed");
    assert.deepEqual(view, {
      ...ALL_ACTIONS,
      filter: "machineId eq '1'",
      sort: 'status',
      descending: false,
      statuses: ['Failed'],
    });
    assert.match(
      writeActionsView(view),
      /^status=Failed&\$filter=machineId\+eq\+%271%27&\$orderby=status\+asc$/,
    );
  });

  test('leads to the same view, whatever it is', () => {
    fc.assert(
      fc.property(views, (view) => {
        const query = `?${writeActionsView(view)}`;
        assert.deepEqual(readActionsView(query), view);
        assert.deepEqual(strangers(query, ACTIONS_UNDERSTOOD), []);
      }),
    );
  });
});

const action = (id: string, at: number, status: WireMachineAction['status'] = 'Pending') =>
  ({ id, status, creationDateTimeUtc: `2026-11-26T03:00:0${at}Z` }) as WireMachineAction;

describe('actions that were read again', () => {
  const list = [action('c', 5), action('b', 3), action('a', 1)];

  test('take the place of the old ones; what left the view goes, and what entered it stands where its time says', () => {
    const merged = mergeActions(
      list,
      new Set(['b', 'c', 'd']),
      [action('b', 3, 'Succeeded'), action('d', 4)],
      true,
    );
    assert.deepEqual(
      merged.map(({ id, status }) => `${id} ${status}`),
      ['d Pending', 'b Succeeded', 'a Pending'],
    );
  });

  test('stand where their time says, however many digits the wire gives it', () => {
    const at = (id: string, fraction: string) => ({
      ...action(id, 0),
      creationDateTimeUtc: `2026-11-26T03:00:00${fraction}Z`,
    });
    const merged = mergeActions(
      [at('c', '.3890001'), at('a', '')],
      new Set(['b', 'd']),
      [at('b', '.389'), at('d', '.4')],
      true,
    );
    assert.deepEqual(
      merged.map(({ id }) => id),
      ['d', 'c', 'b', 'a'],
    );
  });

  test('what is older than all that was read waits for its page, and so does what is new in another order', () => {
    assert.deepEqual(mergeActions(list, new Set(['z']), [action('z', 0)], true), list);
    assert.deepEqual(mergeActions(list, new Set(['d']), [action('d', 9)], false), list);
    assert.deepEqual(mergeActions([], new Set(['d']), [action('d', 9)], true), [action('d', 9)]);
  });
});

describe('a file of actions', () => {
  test('has every property of its head in each line, and no formula', () => {
    const hostile = {
      ...action('1', 1),
      requestorComment: '=HYPERLINK("http://example.test")\nand more',
    } as WireMachineAction;
    const line = csvOf(hostile);
    assert.match(line, /"'=HYPERLINK\(""http:\/\/example.test""\)\nand more"/);
    assert.equal(CSV_COLUMNS[0], 'id');
  });
});
