import assert from 'node:assert/strict';
import test from 'node:test';
import { MACHINE_ACTION } from '../../../src/contract/machine-action.ts';
import { type Property, propertyNamed } from '../../../src/contract/property.ts';
import type { Machine } from '../../../src/domain/machine.ts';
import type { Filter, Query } from '../../../src/domain/query.ts';
import {
  actionId,
  enrolMachines,
  makeAction,
  makeMachine,
  makeQuery,
  makeTransition,
  mustRequest,
  OTHER_TENANT,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';
import { ids, pages } from './pages.ts';

const named = (name: string): Property => propertyNamed(MACHINE_ACTION, name) as Property;
const numbers = (...list: number[]): string[] => list.map(actionId);

/** The list of one machine, which an index gives in the order of ids. */
export function machineListConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(
    say('a machine has its newest action first, also behind an older one that is still active'),
    async () => {
      await using store = await open();
      const machine = makeMachine(1);
      await enrolMachines(store, [machine, makeMachine(2)]);
      const scan = (number: number) => makeAction(number, machine, { control: null, deadline: null });
      for (const number of [1, 2]) {
        const action = await mustRequest(store, makeAction(number, machine));
        await store.advanceAction(makeTransition(action, 'Failed', number));
      }
      // The third stays active; of those that follow, the fifth ends.
      for (const action of [makeAction(3, machine), scan(4), scan(5), scan(6)])
        await mustRequest(store, action);
      await store.advanceAction(makeTransition(scan(5), 'Succeeded', 7));
      await mustRequest(store, makeAction(7, makeMachine(2)));
      const newest = [6, 5, 4, 3, 2, 1];
      const of = (query: Partial<Query>) => store.actions(TENANT, makeQuery(query), null, machine.id);
      assert.deepEqual(ids(await of({})), numbers(...newest));
      for (const top of [1, 2, 3])
        for (const skip of [0, 1, 2, 3])
          assert.deepEqual(ids(await of({ top, skip })), numbers(...newest.slice(skip, skip + top)));
      const filter: Filter = {
        kind: 'compare',
        operator: 'eq',
        property: named('status'),
        value: 'Pending',
      };
      assert.deepEqual(ids(await of({ filter, top: 2, skip: 1 })), numbers(4, 3));
      const paged = makeQuery({ topGiven: false, top: 2 });
      const read = (part: Query) => store.actions(TENANT, part, null, machine.id);
      assert.deepEqual(await pages(read, paged), numbers(...newest));
      const orderBy = [{ property: named('creationDateTimeUtc'), descending: false }];
      assert.deepEqual(await pages(read, { ...paged, orderBy }), numbers(...newest.toReversed()));
      const id = { property: named('id'), descending: false };
      assert.deepEqual(ids(await of({ orderBy: [...orderBy, id], skip: 4 })), numbers(5, 6));
    },
  );

  test(say('of a machine the newest ended action is told where it ended in vain, and no other'), async () => {
    await using store = await open();
    const machines = [1, 2, 3, 4].map((number) => makeMachine(number));
    await enrolMachines(store, [...machines, makeMachine(5)]);
    const [failed, recovered, timedOut, cancelled] = machines as [Machine, Machine, Machine, Machine];
    const ends = [
      [failed, 'Succeeded'],
      [failed, 'Failed'],
      [recovered, 'Failed'],
      [recovered, 'Succeeded'],
      [timedOut, 'TimeOut'],
      [cancelled, 'Cancelled'],
    ] as const;
    for (const [index, [where, status]] of ends.entries()) {
      const action = await mustRequest(store, makeAction(10 * (index + 1), where));
      assert.equal(await store.advanceAction(makeTransition(action, status, 10 * index + 15)), true);
    }
    const all = [...machines.map(({ id }) => id), makeMachine(5).id, 'nobody'];
    const told = async (tenant: string) =>
      (await store.lastFailures(tenant, all))
        .map(({ machineId, id, status }) => [machineId, id, status])
        .sort();
    assert.deepEqual(await told(TENANT), [
      [failed.id, actionId(20), 'Failed'],
      [timedOut.id, actionId(50), 'TimeOut'],
    ]);
    assert.deepEqual(await told(OTHER_TENANT), []);
    assert.deepEqual(await store.lastFailures(TENANT, []), []);
  });
}
