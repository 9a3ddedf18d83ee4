import assert from 'node:assert/strict';
import test from 'node:test';
import {
  actionId,
  at,
  enrolMachines,
  makeAction,
  makeEvent,
  makeGroup,
  makeMachine,
  makeObserved,
  makeRequest,
  makeTransition,
  mustRequest,
  OTHER_TENANT,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

const machine = makeMachine(1);

export function actionConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('a request writes the action, its event and the desired mode at once'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = makeAction(1, machine, { externalId: 'case 7' });
    const requested = await store.requestAction(makeRequest(action));
    assert.deepEqual(requested, { outcome: 'created', action: { ...action, generation: 1 } });
    assert.deepEqual(await store.action(TENANT, action.id, null), { ...action, generation: 1 });
    assert.deepEqual(await store.actionEvents(TENANT, action.id), [makeEvent(action)]);
    const [control, ...others] = await store.controls(TENANT, machine.id);
    assert.deepEqual(others, []);
    assert.equal(control?.mode, 'restricted');
    assert.equal(control?.generation, 1);
    assert.equal(control?.actionId, action.id);
    assert.equal(control?.observedMode, null);
  });

  test(
    say('a second request for the control is refused while the first is active, and leaves no trace'),
    async () => {
      await using store = await open();
      await enrolMachines(store, [machine]);
      await mustRequest(store, makeAction(1, machine));
      for (const type of ['RestrictCodeExecution', 'UnrestrictCodeExecution'] as const) {
        const second = makeAction(2, machine, { type });
        const key = { caller: 'c', key: `k-${type}`, fingerprint: 'f', expiresAt: at(100) };
        assert.deepEqual(await store.requestAction(makeRequest(second, key)), { outcome: 'active' });
        assert.equal(await store.action(TENANT, second.id, null), null);
        assert.deepEqual(await store.actionEvents(TENANT, second.id), []);
      }
      const [control] = await store.controls(TENANT, machine.id);
      assert.equal(control?.generation, 1);
      assert.equal(control?.mode, 'restricted');
    },
  );

  test(say('final actions of a machine stand beside each other, and one active beside them'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    for (const number of [1, 3, 5]) {
      const action = await mustRequest(store, makeAction(number, machine));
      assert.equal(await store.advanceAction(makeTransition(action, 'Succeeded', number + 1)), true);
    }
    const active = await mustRequest(store, makeAction(7, machine));
    assert.deepEqual(await store.requestAction(makeRequest(makeAction(8, machine))), { outcome: 'active' });
    assert.equal((await store.activeAction(TENANT, machine.id, 'codeExecution'))?.id, active.id);
  });

  test(say('a refused request does not use up its idempotency key'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const first = await mustRequest(store, makeAction(1, machine));
    const key = { caller: 'c', key: 'k', fingerprint: 'f', expiresAt: at(100) };
    await store.requestAction(makeRequest(makeAction(2, machine), key));
    await store.advanceAction(makeTransition(first, 'Cancelled', 3));
    const again = await store.requestAction(makeRequest(makeAction(4, machine), key));
    assert.equal(again.outcome, 'created');
  });

  test(say('a request after a final one remembers what was before it'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const first = await mustRequest(store, makeAction(1, machine));
    assert.equal(await store.advanceAction(makeTransition(first, 'Succeeded', 2)), true);
    const second = await mustRequest(store, makeAction(3, machine, { type: 'UnrestrictCodeExecution' }));
    assert.equal(second.generation, 2);
    assert.equal(second.modeBefore, 'restricted');
    assert.equal(second.actionBefore, first.id);
  });

  test(
    say('a request for a machine that is not there, or is of another tenant, writes nothing'),
    async () => {
      await using store = await open();
      const foreign = makeMachine(2, { tenantId: OTHER_TENANT });
      await enrolMachines(store, [machine, foreign]);
      const nowhere = makeAction(1, makeMachine(3));
      assert.deepEqual(await store.requestAction(makeRequest(nowhere)), { outcome: 'noMachine' });
      const across = makeAction(2, { ...foreign, tenantId: TENANT });
      assert.deepEqual(await store.requestAction(makeRequest(across)), { outcome: 'noMachine' });
      assert.equal(await store.action(TENANT, across.id, null), null);
      assert.deepEqual(await store.controls(OTHER_TENANT, foreign.id), []);
      const uncontrolled = makeAction(3, makeMachine(3), { control: null });
      assert.deepEqual(await store.requestAction(makeRequest(uncontrolled)), { outcome: 'noMachine' });
    },
  );

  test(say('actions of no control may be active side by side'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const first = await mustRequest(store, makeAction(1, machine, { control: null }));
    await mustRequest(store, makeAction(2, machine, { control: null }));
    assert.equal(first.generation, 0);
    assert.deepEqual(await store.controls(TENANT, machine.id), []);
  });

  test(say('an idempotency key that is taken is told with what took it, until it expires'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine, makeMachine(2), makeMachine(3)]);
    const key = { caller: 'c', key: 'k', fingerprint: 'first', expiresAt: at(100) };
    const first = makeAction(1, machine);
    assert.equal((await store.requestAction(makeRequest(first, key))).outcome, 'created');
    const second = makeAction(2, makeMachine(2));
    assert.deepEqual(await store.requestAction(makeRequest(second, { ...key, fingerprint: 'second' })), {
      outcome: 'keyTaken',
      fingerprint: 'first',
      actionId: first.id,
    });
    assert.equal(await store.action(TENANT, second.id, null), null);
    const elsewhere = makeRequest(makeAction(3, makeMachine(2)), { ...key, caller: 'another caller' });
    assert.equal((await store.requestAction(elsewhere)).outcome, 'created');
    const later = makeRequest(makeAction(100, makeMachine(3)), {
      ...key,
      fingerprint: 'later',
      expiresAt: at(900),
    });
    assert.equal((await store.requestAction(later)).outcome, 'created');
    assert.equal(await store.expireIdempotencyKeys(at(101), 10), 1);
    assert.equal(await store.expireIdempotencyKeys(at(101), 10), 0);
  });

  test(say('a transition needs the revision it was decided on'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = await mustRequest(store, makeAction(1, machine));
    assert.equal(await store.advanceAction(makeTransition(action, 'InProgress', 2)), true);
    const late = makeTransition(action, 'Cancelled', 3, {
      desired: { mode: 'unmanaged', actionId: null, releaseAt: null },
      observed: makeObserved(1),
    });
    assert.equal(await store.advanceAction(late), false);
    const stored = await store.action(TENANT, action.id, null);
    assert.equal(stored?.status, 'InProgress');
    assert.equal(stored?.revision, 2);
    assert.equal(stored?.updatedAt, at(2));
    assert.deepEqual(
      (await store.actionEvents(TENANT, action.id)).map(({ status }) => status),
      ['Pending', 'InProgress'],
    );
    const [control] = await store.controls(TENANT, machine.id);
    assert.equal(control?.mode, 'restricted');
    assert.equal(control?.observedMode, null);
  });

  test(say('a final action stays final, whatever revision is claimed'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = await mustRequest(store, makeAction(1, machine));
    await store.advanceAction(makeTransition(action, 'Failed', 2, { errorHResult: -2147467259 }));
    const final = await store.action(TENANT, action.id, null);
    assert.equal(final?.errorHResult, -2147467259);
    assert.equal(final?.deadline, null);
    assert.equal(
      await store.advanceAction(makeTransition({ ...action, revision: 2 }, 'Succeeded', 3)),
      false,
    );
    assert.deepEqual(await store.action(TENANT, action.id, null), final);
  });

  test(say('a cancellation keeps who, why and when'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = await mustRequest(store, makeAction(1, machine));
    const cancellation = { requestor: 'bo@cordon.test', comment: null };
    await store.advanceAction(
      makeTransition(action, 'Cancelled', 5, {
        cancellation,
        desired: { mode: 'unmanaged', actionId: null, releaseAt: null },
      }),
    );
    const cancelled = await store.action(TENANT, action.id, null);
    assert.equal(cancelled?.cancellationRequestor, 'bo@cordon.test');
    assert.equal(cancelled?.cancellationComment, null);
    assert.equal(cancelled?.cancelledAt, at(5));
    const [control] = await store.controls(TENANT, machine.id);
    assert.equal(control?.mode, 'unmanaged');
    assert.equal(control?.generation, 2);
    assert.equal(control?.actionId, null);
  });

  test(say('what came too late is kept behind the final event, in the order it came'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = await mustRequest(store, makeAction(1, machine));
    await store.advanceAction(makeTransition(action, 'TimeOut', 2));
    const proof = {
      revision: 2,
      status: 'TimeOut',
      actor: { kind: 'device', id: machine.id, name: 'ws' },
    } as const;
    const { evidence } = makeObserved(1);
    const first = makeEvent(action, { ...proof, at: at(9), cause: 'proven late', evidence });
    const second = makeEvent(action, { ...proof, at: at(9), cause: 'proven again' });
    await store.appendActionEvent(first);
    await store.appendActionEvent(second);
    const events = await store.actionEvents(TENANT, action.id);
    assert.deepEqual(events.slice(2), [first, second]);
    assert.equal((await store.action(TENANT, action.id, null))?.status, 'TimeOut');
  });

  test(say('an action is found in any letter case, in its own tenant and visible group only'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const group = await store.createGroup(makeGroup());
    assert.ok(group);
    const action = await mustRequest(store, makeAction(0xabc, machine));
    assert.equal((await store.action(TENANT, action.id.toUpperCase(), null))?.id, action.id);
    assert.equal(await store.action(OTHER_TENANT, action.id, null), null);
    assert.equal((await store.action(TENANT, action.id, [0]))?.id, action.id);
    assert.equal(await store.action(TENANT, action.id, [group.id]), null);
    assert.equal(await store.action(TENANT, action.id, []), null);
    await store.assignGroups(TENANT, [{ machineId: machine.id, groupId: group.id, pinned: true }]);
    assert.equal((await store.action(TENANT, action.id, [group.id]))?.id, action.id);
    assert.equal(await store.action(TENANT, action.id, [0]), null);
    assert.equal(await store.action(TENANT, actionId(5), null), null);
  });

  test(say('the active action of a control is known until it is final'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    assert.equal(await store.activeAction(TENANT, machine.id, 'codeExecution'), null);
    const shown = async () => {
      const [[one], [other]] = [
        await store.controls(TENANT, machine.id),
        await store.controlsOf(TENANT, [machine.id]),
      ];
      return [one?.active, other?.active, one?.actionId];
    };
    const action = await mustRequest(store, makeAction(1, machine));
    assert.deepEqual(await shown(), [true, true, action.id]);
    assert.equal((await store.activeAction(TENANT, machine.id, 'codeExecution'))?.id, action.id);
    await store.advanceAction(makeTransition(action, 'InProgress', 2));
    const active = await store.activeAction(TENANT, machine.id, 'codeExecution');
    assert.equal(active?.status, 'InProgress');
    assert.ok(active);
    assert.deepEqual(await shown(), [true, true, action.id]);
    await store.advanceAction(makeTransition(active, 'Succeeded', 3));
    assert.equal(await store.activeAction(TENANT, machine.id, 'codeExecution'), null);
    assert.deepEqual(await shown(), [false, false, action.id]);
  });

  test(say('overdue actions of all tenants come oldest deadline first, final ones never'), async () => {
    await using store = await open();
    const machines = [1, 2, 3, 4].map((number) =>
      makeMachine(number, { tenantId: number === 2 ? OTHER_TENANT : TENANT }),
    );
    await enrolMachines(store, machines);
    const deadlines = [30, 10, 20, 5];
    const actions = [];
    for (const [index, own] of machines.entries()) {
      actions.push(
        await mustRequest(store, makeAction(index + 1, own, { deadline: at(deadlines[index] as number) })),
      );
    }
    await store.advanceAction(makeTransition(actions[3] as (typeof actions)[0], 'Succeeded', 6));
    const overdue = await store.overdueActions(at(20), 10);
    assert.deepEqual(
      overdue.map(({ id }) => id),
      [actionId(2), actionId(3)],
    );
    assert.equal((await store.overdueActions(at(99), 1)).length, 1);
    assert.deepEqual(await store.overdueActions(at(4), 10), []);
  });
}
