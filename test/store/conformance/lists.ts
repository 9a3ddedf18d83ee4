import assert from 'node:assert/strict';
import test from 'node:test';
import { MACHINE } from '../../../src/contract/machine.ts';
import { MACHINE_ACTION } from '../../../src/contract/machine-action.ts';
import type { EntityType, Property } from '../../../src/contract/property.ts';
import { propertyNamed } from '../../../src/contract/property.ts';
import type { Filter, Literal } from '../../../src/domain/query.ts';
import {
  actionId,
  at,
  enrolMachines,
  machineId,
  makeAction,
  makeGroup,
  makeMachine,
  makeQuery,
  makeTransition,
  mustRequest,
  OTHER_TENANT,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';
import { ids, pages } from './pages.ts';

const named = (entity: EntityType, name: string): Property => propertyNamed(entity, name) as Property;
const eq = (entity: EntityType, name: string, value: Literal): Filter => ({
  kind: 'compare',
  operator: 'eq',
  property: named(entity, name),
  value,
});
const and = (...terms: Filter[]): Filter => ({ kind: 'and', terms });
export function listConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  /** Twelve actions on four machines of two requestors, three of them ended; two made at the same instant. */
  const withActions = async () => {
    const store = await open();
    const foreign = makeMachine(70, { tenantId: OTHER_TENANT });
    await enrolMachines(store, [...[1, 2, 3, 4].map((number) => makeMachine(number)), foreign]);
    for (let number = 1; number <= 12; number += 1) {
      const action = await mustRequest(
        store,
        makeAction(number, makeMachine(((number - 1) % 4) + 1), {
          type: number % 3 === 0 ? 'UnrestrictCodeExecution' : 'RestrictCodeExecution',
          requestor: number % 2 === 0 ? 'ana@cordon.test' : 'bo@cordon.test',
          createdAt: at(number === 8 ? 7 : number),
          externalId: number % 4 === 0 ? null : `case ${number}`,
        }),
      );
      if (number <= 8)
        await store.advanceAction(makeTransition(action, number === 5 ? 'Failed' : 'Succeeded', number));
    }
    await mustRequest(store, makeAction(99, foreign));
    return store;
  };
  const numbers = (...list: number[]): string[] => list.map(actionId);

  test(say('actions come newest first, of the own tenant only'), async () => {
    await using store = await withActions();
    const page = await store.actions(TENANT, makeQuery({ count: true }), null);
    assert.deepEqual(ids(page), numbers(12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
    assert.equal(page.count, 12);
    assert.equal(page.next, null);
    assert.deepEqual(ids(await store.actions(OTHER_TENANT, makeQuery(), null)), numbers(99));
  });

  test(say('the filters that the reference names are served in order, alone and together'), async () => {
    await using store = await withActions();
    const wants: [Filter, number[]][] = [
      [eq(MACHINE_ACTION, 'id', actionId(3)), [3]],
      [eq(MACHINE_ACTION, 'machineId', machineId(3)), [11, 7, 3]],
      [eq(MACHINE_ACTION, 'requestor', 'ana@cordon.test'), [12, 10, 8, 6, 4, 2]],
      [eq(MACHINE_ACTION, 'type', 'UnrestrictCodeExecution'), [12, 9, 6, 3]],
      [eq(MACHINE_ACTION, 'type', 'RunAntiVirusScan'), []],
      [eq(MACHINE_ACTION, 'status', 'Pending'), [12, 11, 10, 9]],
      [
        and(
          eq(MACHINE_ACTION, 'requestor', 'ana@cordon.test'),
          eq(MACHINE_ACTION, 'type', 'UnrestrictCodeExecution'),
        ),
        [12, 6],
      ],
      [
        and(eq(MACHINE_ACTION, 'status', 'Succeeded'), {
          kind: 'compare',
          operator: 'ge',
          property: named(MACHINE_ACTION, 'creationDateTimeUtc'),
          value: at(6),
        }),
        [8, 7, 6],
      ],
      [
        {
          kind: 'in',
          property: named(MACHINE_ACTION, 'status'),
          values: ['Failed', 'Pending', 'Failed'],
        },
        [12, 11, 10, 9, 5],
      ],
      [and(eq(MACHINE_ACTION, 'machineId', machineId(1)), eq(MACHINE_ACTION, 'status', 'Failed')), [5]],
      [eq(MACHINE_ACTION, 'scope', null), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
      [eq(MACHINE_ACTION, 'externalId', null), [12, 8, 4]],
    ];
    for (const [filter, expected] of wants) {
      const page = await store.actions(TENANT, makeQuery({ filter, count: true }), null);
      assert.deepEqual(ids(page), numbers(...expected), JSON.stringify(filter));
      assert.equal(page.count, expected.length);
      const shown = await store.actions(TENANT, makeQuery({ filter, count: true }), [0]);
      assert.deepEqual(ids(shown), numbers(...expected));
      const hidden = await store.actions(TENANT, makeQuery({ filter, count: true }), [7]);
      assert.deepEqual([ids(hidden), hidden.count], [[], 0]);
    }
  });

  test(say('a machine has its own list, with filters on top'), async () => {
    await using store = await withActions();
    assert.deepEqual(ids(await store.actions(TENANT, makeQuery(), null, machineId(2))), numbers(10, 6, 2));
    const filter = eq(MACHINE_ACTION, 'type', 'UnrestrictCodeExecution');
    assert.deepEqual(ids(await store.actions(TENANT, makeQuery({ filter }), null, machineId(2))), numbers(6));
    assert.deepEqual(ids(await store.actions(OTHER_TENANT, makeQuery(), null, machineId(2))), []);
  });

  test(say('top and skip cut the list; a given top has no next page'), async () => {
    await using store = await withActions();
    const page = await store.actions(TENANT, makeQuery({ top: 3, skip: 2, count: true }), null);
    assert.deepEqual(ids(page), numbers(10, 9, 8));
    assert.deepEqual([page.count, page.next], [12, null]);
    assert.deepEqual(ids(await store.actions(TENANT, makeQuery({ top: 0 }), null)), []);
    assert.deepEqual(ids(await store.actions(TENANT, makeQuery({ skip: 12 }), null)), []);
    const filter = eq(MACHINE_ACTION, 'requestor', 'ana@cordon.test');
    assert.deepEqual(
      ids(await store.actions(TENANT, makeQuery({ filter, top: 2, skip: 3 }), null)),
      numbers(6, 4),
    );
  });

  test(say('pages by key show every row once, in every order, and through inserts meanwhile'), async () => {
    await using store = await withActions();
    const by = (name: string, descending: boolean) => ({ property: named(MACHINE_ACTION, name), descending });
    const orders = [
      [],
      [by('creationDateTimeUtc', false)],
      [by('externalId', false)],
      [by('externalId', true)],
      [by('externalId', true), by('creationDateTimeUtc', false)],
      [by('requestor', false), by('externalId', true), by('id', false)],
      [by('status', true), by('cancellationDateTimeUtc', false)],
      [by('computerDnsName', true)],
      [by('scope', false)],
    ];
    for (const orderBy of orders) {
      const query = makeQuery({ orderBy, topGiven: false, top: 100 });
      const whole = ids(await store.actions(TENANT, query, null));
      assert.equal(whole.length, 12);
      for (const top of [1, 5, 12]) {
        const paged = await pages((part) => store.actions(TENANT, part, null), { ...query, top });
        assert.deepEqual(paged, whole, `${JSON.stringify(orderBy)} by ${top}`);
      }
    }
    const filter: Filter = {
      kind: 'in',
      property: named(MACHINE_ACTION, 'machineId'),
      values: [machineId(1), machineId(3)],
    };
    const merged = makeQuery({ filter, topGiven: false, top: 2 });
    assert.deepEqual(
      await pages((part) => store.actions(TENANT, part, null), merged),
      numbers(11, 9, 7, 5, 3, 1),
    );
    const first = await store.actions(TENANT, makeQuery({ topGiven: false, top: 6 }), null);
    await enrolMachines(store, [makeMachine(50)]);
    await mustRequest(store, makeAction(13, makeMachine(50)));
    const second = await store.actions(
      TENANT,
      makeQuery({ topGiven: false, top: 6, after: first.next }),
      null,
    );
    assert.deepEqual([...ids(first), ...ids(second)], numbers(12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
  });

  test(say('merged ranges may be ordered by anything, even by a property that nothing has'), async () => {
    await using store = await withActions();
    const wanted = numbers(2, 11, 5);
    const filter: Filter = { kind: 'in', property: named(MACHINE_ACTION, 'id'), values: wanted };
    for (const name of ['scope', 'requestor', 'externalId', 'computerDnsName']) {
      const orderBy = [{ property: named(MACHINE_ACTION, name), descending: true }];
      const page = await store.actions(TENANT, makeQuery({ filter, orderBy }), null);
      assert.deepEqual(ids(page).sort(), wanted.toSorted(), name);
      const skipped = await store.actions(TENANT, makeQuery({ filter, orderBy, skip: 2 }), null);
      assert.deepEqual(
        ids(skipped),
        ids(await store.actions(TENANT, makeQuery({ filter, orderBy }), null)).slice(2),
      );
    }
  });

  test(say('nulls are smaller than everything in an order'), async () => {
    await using store = await withActions();
    const orderBy = [{ property: named(MACHINE_ACTION, 'externalId'), descending: false }];
    const page = await store.actions(TENANT, makeQuery({ orderBy, top: 4 }), null);
    assert.deepEqual(ids(page), numbers(4, 8, 12, 1));
  });

  test(say('a key of another query is refused as such'), async () => {
    await using store = await withActions();
    await assert.rejects(
      async () => store.actions(TENANT, makeQuery({ after: ['x'] }), null),
      (error: { code?: string }) => error.code === 'ODataError',
    );
  });

  test(say('machines are listed by id, filtered by facts, tags and groups'), async () => {
    await using store = await open();
    const machines = [1, 2, 3, 4, 5].map((number) =>
      makeMachine(number, {
        computerDnsName: `${number < 4 ? 'WS' : 'srv'}-${number}.cordon.test`,
        healthStatus: number === 2 ? 'Inactive' : 'Active',
        osBuild: number === 3 ? null : 16000 + number,
        isAadJoined: number === 5,
        tags: number === 1 ? ['lab', 'x'] : number === 4 ? ['lab-2'] : [],
        lastSeen: at(number),
      }),
    );
    await enrolMachines(store, [...machines, makeMachine(6, { tenantId: OTHER_TENANT })]);
    const group = await store.createGroup(makeGroup());
    assert.ok(group);
    await store.assignGroups(TENANT, [
      { machineId: machineId(2), groupId: group.id, pinned: false },
      { machineId: machineId(5), groupId: group.id, pinned: false },
    ]);
    const tags = named(MACHINE, 'machineTags');
    const starts = (value: string): Filter => ({
      kind: 'match',
      function: 'startswith',
      property: named(MACHINE, 'computerDnsName'),
      value,
    });
    const wants: [Filter | null, number[]][] = [
      [null, [1, 2, 3, 4, 5]],
      [starts('ws-'), [1, 2, 3]],
      [{ kind: 'not', term: starts('Ws-') }, [4, 5]],
      [eq(MACHINE, 'computerDnsName', 'srv-4.CORDON.test'), [4]],
      [eq(MACHINE, 'id', machineId(2)), [2]],
      [{ kind: 'compare', operator: 'ne', property: named(MACHINE, 'healthStatus'), value: 'Active' }, [2]],
      [{ kind: 'compare', operator: 'gt', property: named(MACHINE, 'osBuild'), value: 16002 }, [4, 5]],
      [{ kind: 'compare', operator: 'ne', property: named(MACHINE, 'osBuild'), value: 16001 }, [2, 3, 4, 5]],
      [eq(MACHINE, 'osBuild', null), [3]],
      [eq(MACHINE, 'isAadJoined', true), [5]],
      [eq(MACHINE, 'rbacGroupId', group.id), [2, 5]],
      [{ kind: 'compare', operator: 'ge', property: named(MACHINE, 'lastSeen'), value: at(4) }, [4, 5]],
      [{ kind: 'any', property: tags, filter: null }, [1, 4]],
      [{ kind: 'any', property: tags, filter: { kind: 'compare', operator: 'eq', value: 'lab' } }, [1]],
      [
        { kind: 'any', property: tags, filter: { kind: 'match', function: 'startswith', value: 'lab' } },
        [1, 4],
      ],
      [
        {
          kind: 'not',
          term: { kind: 'any', property: tags, filter: { kind: 'in', values: ['x', 'lab-2'] } },
        },
        [2, 3, 5],
      ],
    ];
    for (const [filter, expected] of wants) {
      const page = await store.machines(TENANT, makeQuery({ filter, count: true }), null);
      assert.deepEqual(ids(page), expected.map(machineId), JSON.stringify(filter));
      assert.equal(page.count, expected.length);
      const seen = await store.machines(TENANT, makeQuery({ filter }), [group.id]);
      assert.deepEqual(ids(seen), expected.filter((number) => [2, 5].includes(number)).map(machineId));
    }
    const [first] = (await store.machines(TENANT, makeQuery({ top: 1 }), null)).rows;
    assert.deepEqual(first, machines[0]);
    const orderBy = [{ property: named(MACHINE, 'osBuild'), descending: true }];
    const query = makeQuery({ orderBy, topGiven: false, top: 2 });
    assert.deepEqual(
      await pages((part) => store.machines(TENANT, part, null), query),
      [5, 4, 2, 1, 3].map(machineId),
    );
  });
}
