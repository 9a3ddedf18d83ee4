import assert from 'node:assert/strict';
import test from 'node:test';
import type { MachineAction } from '../../../src/domain/action.ts';
import type { Store } from '../../../src/store/port.ts';
import {
  at,
  enrolMachines,
  makeAction,
  makeEvent,
  makeMachine,
  makeRequest,
  makeTransition,
  mustRequest,
  OTHER_TENANT,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

const machine = makeMachine(1);
/** Later than everything that ends in these tests. */
const LATER = at(100_000);

/** An action that was requested at its number and succeeded ten seconds later. */
async function ended(store: Store, number: number, change: Partial<MachineAction> = {}) {
  const action = await mustRequest(store, makeAction(number, machine, change));
  assert.equal(await store.advanceAction(makeTransition(action, 'Succeeded', number + 10)), true);
  return action;
}

export function retentionConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('an action that ended leaves with its events, and nothing else does'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const actions = [];
    for (const number of [1, 100, 200, 300]) actions.push(await ended(store, number));
    const [oldest, next] = actions.map(({ id }) => id);
    await store.appendActionEvent(makeEvent(actions[0]!, { revision: 2, cause: 'late' }));
    assert.equal(await store.removeAction(TENANT, oldest!, LATER), true);
    assert.equal(await store.action(TENANT, oldest!, null), null);
    assert.deepEqual(await store.actionEvents(TENANT, oldest!), []);
    assert.equal((await store.actionEvents(TENANT, next!)).length, 2);
    assert.equal(await store.removeAction(TENANT, oldest!, LATER), false, 'it is gone');
    assert.equal(await store.removeAction(OTHER_TENANT, next!, LATER), false, 'it is of another tenant');
  });

  test(
    say('the action that a desired mode follows from stays, and the one it would go back to'),
    async () => {
      await using store = await open();
      await enrolMachines(store, [machine]);
      const first = await ended(store, 1);
      const before = await ended(store, 100);
      const present = await ended(store, 200, { type: 'UnrestrictCodeExecution' });
      const [control] = await store.controlsOf(TENANT, [machine.id]);
      assert.equal(control?.actionId, present.id);
      for (const { id } of [present, before]) {
        assert.equal(await store.removeAction(TENANT, id, LATER), false);
        assert.equal((await store.actionEvents(TENANT, id)).length, 2);
      }
      assert.equal(await store.removeAction(TENANT, first.id, LATER), true);
      assert.deepEqual(await store.controlsOf(TENANT, [machine.id]), [control]);
    },
  );

  test(say('what an active action would go back to stays until that action has ended'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const restricted = await ended(store, 1);
    const active = await mustRequest(store, makeAction(100, machine, { type: 'UnrestrictCodeExecution' }));
    assert.equal(await store.removeAction(TENANT, restricted.id, LATER), false);
    assert.equal(await store.removeAction(TENANT, active.id, LATER), false, 'an active action stays');
    const back = { mode: active.modeBefore, actionId: active.actionBefore, releaseAt: null };
    const failed = makeTransition(active, 'Failed', 200, { desired: back });
    assert.equal(await store.advanceAction(failed), true);
    assert.equal(
      await store.removeAction(TENANT, restricted.id, LATER),
      false,
      'the mode follows from it again',
    );
    const [control] = await store.controlsOf(TENANT, [machine.id]);
    assert.equal(control?.actionId, restricted.id);
  });

  test(say('an action that ended after the instant stays, however long ago it was requested'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = await mustRequest(store, makeAction(1, machine, { control: null }));
    assert.equal(await store.advanceAction(makeTransition(action, 'Failed', 5000)), true);
    assert.deepEqual(await store.endedActions(TENANT, at(5000), null, 10), []);
    assert.equal(await store.removeAction(TENANT, action.id, at(5000)), false);
    assert.equal(await store.removeAction(TENANT, action.id, at(5001)), true);
  });

  test(
    say('ended actions are found page by page in order of creation, active and young ones left out'),
    async () => {
      await using store = await open();
      const machines = Array.from({ length: 6 }, (_, number) => makeMachine(number + 1));
      await enrolMachines(store, [...machines, makeMachine(9, { tenantId: OTHER_TENANT })]);
      // Two of one instant are told apart by their ids.
      for (const [number, of] of machines.entries()) {
        const change = { createdAt: at(number < 2 ? 1 : number), updatedAt: at(number) };
        const action = await mustRequest(store, makeAction(number + 1, of, change));
        if (number !== 3)
          await store.advanceAction(makeTransition(action, 'TimeOut', number === 5 ? 900 : 50));
      }
      const found = [];
      for (let after = null; ; after = found.at(-1)!) {
        const page = await store.endedActions(TENANT, at(100), after, 2);
        found.push(...page);
        if (page.length < 2) break;
      }
      assert.deepEqual(
        found,
        [1, 2, 3, 5].map((number) => ({
          id: makeAction(number, machine).id,
          createdAt: at(number < 3 ? 1 : number - 1),
        })),
      );
    },
  );

  test(say('evidence for an action that was removed is not kept, and leaves nothing behind'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = await mustRequest(store, makeAction(1, machine, { control: null }));
    await store.advanceAction(makeTransition(action, 'TimeOut', 5));
    const late = makeEvent(action, { revision: 2, cause: 'late' });
    assert.equal(await store.appendActionEvent(late), true);
    assert.equal(await store.removeAction(TENANT, action.id, LATER), true);
    assert.equal(await store.appendActionEvent(late), false);
    assert.deepEqual(await store.actionEvents(TENANT, action.id), []);
  });

  test(
    say('an idempotency key outlives no action that is removed: the key is free when the action is'),
    async () => {
      await using store = await open();
      await enrolMachines(store, [machine]);
      const key = { caller: 'c', key: 'k', fingerprint: 'f', expiresAt: at(86_400) };
      const action = makeAction(1, machine, { control: null });
      await store.requestAction(makeRequest(action, key));
      await store.advanceAction(makeTransition(action, 'Succeeded', 5));
      // Nothing younger than two days is ever asked to be removed, and a key lives for one.
      assert.equal(await store.removeAction(TENANT, action.id, at(2 * 86_400)), true);
      const again = makeAction(3 * 86_400, machine, { control: null });
      assert.equal((await store.requestAction(makeRequest(again, key))).outcome, 'created');
    },
  );

  test(say('the events of many actions are read at once, each in its order'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const [one, other] = [await ended(store, 1), await ended(store, 100)];
    const events = await store.eventsOfActions(TENANT, [other.id, one.id, 'nobody']);
    assert.deepEqual(
      [one, other].map(({ id }) => events.get(id)),
      [await store.actionEvents(TENANT, one.id), await store.actionEvents(TENANT, other.id)],
    );
    assert.equal(events.size, 2);
    assert.equal((await store.eventsOfActions(OTHER_TENANT, [one.id])).size, 0);
    assert.equal((await store.eventsOfActions(TENANT, [])).size, 0);
  });

  test(
    say('what is there is counted: active actions by status with the oldest, and machines not heard of'),
    async () => {
      await using store = await open();
      const machines = [1, 2, 3].map((number) => makeMachine(number, { lastSeen: at(number * 100) }));
      await enrolMachines(store, machines);
      const deliveries = { count: 0, oldest: null };
      assert.deepEqual(await store.tally(at(0)), { active: [], overdueMachines: 0, deliveries });
      const [first] = await Promise.all(
        machines.map((each, number) => mustRequest(store, makeAction(number + 1, each))),
      );
      await store.advanceAction(makeTransition(first!, 'InProgress', 50));
      assert.deepEqual(await store.tally(at(250)), {
        active: [
          { status: 'InProgress', count: 1, oldest: at(1) },
          { status: 'Pending', count: 2, oldest: at(2) },
        ],
        overdueMachines: 2,
        deliveries,
      });
      assert.deepEqual(store.waiting(), { writes: 0, scans: 0 });
    },
  );
}
