import assert from 'node:assert/strict';
import test from 'node:test';
import {
  at,
  enrolMachines,
  makeAction,
  makeMachine,
  makeObserved,
  makeTransition,
  mustRequest,
  OTHER_TENANT,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

const machine = makeMachine(1);

export function controlConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('a machine of which nothing was asked has no controls'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    assert.deepEqual(await store.controls(TENANT, machine.id), []);
    assert.deepEqual(await store.controlsOf(TENANT, [machine.id]), []);
    assert.equal(await store.observe(TENANT, machine.id, 'codeExecution', makeObserved(1)), false);
  });

  test(say('an observation is kept whole with the transition it proves'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = await mustRequest(store, makeAction(1, machine));
    const observed = makeObserved(1, { at: at(7) });
    await store.advanceAction(makeTransition(action, 'Succeeded', 8, { observed }));
    const kept = {
      tenantId: TENANT,
      machineId: machine.id,
      control: 'codeExecution',
      mode: 'restricted',
      generation: 1,
      actionId: action.id,
      modeBefore: 'unmanaged',
      actionBefore: null,
      releaseAt: null,
      observedMode: 'restricted',
      observedGeneration: 1,
      observedAt: at(7),
      observedProven: true,
      drifted: false,
      evidence: observed.evidence,
      active: false,
    };
    const alone = [{ ...kept, evidence: null }];
    assert.notEqual(observed.evidence, null);
    assert.deepEqual(await store.controls(TENANT, machine.id), alone);
    assert.deepEqual(await store.controlsOf(TENANT, [machine.id]), [kept]);
    assert.deepEqual(await store.controlsOf(TENANT, [machine.id], 'without'), alone);
  });

  test(say('in a new epoch nothing is proven, and what was seen before stays to be read'), async () => {
    await using store = await open();
    const [one, other] = [makeMachine(1), makeMachine(2)];
    await enrolMachines(store, [one, other]);
    const proven = async ({ id }: typeof one) => (await store.controls(TENANT, id))[0]?.observedProven;
    for (const [index, each] of [one, other].entries()) {
      const action = await mustRequest(store, makeAction(index + 1, each));
      const observed = makeObserved(1, { at: at(7), drifted: true });
      await store.advanceAction(makeTransition(action, 'Succeeded', 8, { observed }));
    }
    const [before] = await store.controlsOf(TENANT, [one.id]);
    assert.equal(before?.observedProven, true);

    assert.equal(await store.beginEpoch('first'), 'first');
    assert.deepEqual(await store.controlsOf(TENANT, [one.id]), [
      { ...before, observedProven: false, drifted: false },
    ]);
    for (const each of [one, other])
      await store.observe(TENANT, each.id, 'codeExecution', makeObserved(1, { at: at(9) }));
    assert.equal(await store.beginEpoch('second'), 'first', 'there is one');
    assert.equal(await proven(one), true);

    assert.ok(await store.renewEpoch(one.id, '', 'its own'));
    assert.deepEqual([await proven(one), await proven(other)], [false, true]);
    await store.observe(TENANT, one.id, 'codeExecution', makeObserved(1, { at: at(9) }));
    assert.equal(await store.renewEpoch(one.id, '', 'again'), false, 'somebody was first');
    assert.equal(await proven(one), true);
  });

  test(say('an observation for another generation than the present one changes nothing'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = await mustRequest(store, makeAction(1, machine));
    for (const generation of [0, 2]) {
      assert.equal(await store.observe(TENANT, machine.id, 'codeExecution', makeObserved(generation)), false);
    }
    await store.advanceAction(makeTransition(action, 'Failed', 2, { observed: makeObserved(2) }));
    assert.equal((await store.action(TENANT, action.id, null))?.status, 'Failed');
    assert.equal((await store.controls(TENANT, machine.id))[0]?.observedMode, null);
    assert.equal(await store.observe(OTHER_TENANT, machine.id, 'codeExecution', makeObserved(1)), false);
    assert.equal(
      await store.observe(TENANT, machine.id, 'codeExecution', makeObserved(1, { drifted: true })),
      true,
    );
    assert.equal((await store.controls(TENANT, machine.id))[0]?.drifted, true);
  });

  test(
    say('when an end moves the desired mode, what was observed stands for the generation before the move'),
    async () => {
      await using store = await open();
      await enrolMachines(store, [machine]);
      const action = await mustRequest(store, makeAction(1, machine));
      await store.advanceAction(
        makeTransition(action, 'Failed', 4, {
          observed: makeObserved(1, { mode: 'unrestricted', proven: false }),
          desired: { mode: 'unmanaged', actionId: null, releaseAt: null },
        }),
      );
      const [control] = await store.controlsOf(TENANT, [machine.id]);
      assert.equal(control?.generation, 2);
      assert.equal(control?.mode, 'unmanaged');
      assert.equal(control?.modeBefore, 'restricted');
      assert.equal(control?.actionBefore, action.id);
      assert.equal(control?.observedGeneration, 1);
      assert.equal(control?.observedMode, 'unrestricted');
      assert.equal(control?.observedProven, false);
    },
  );

  test(say('an end moves the desired mode only while it follows from the action that ended'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    // An action whose control follows from another one: as if a newer request had been written by a repaired database.
    const action = await mustRequest(store, makeAction(1, machine));
    const stranger = {
      ...makeTransition(action, 'Cancelled', 4),
      desired: { mode: 'unmanaged', actionId: null, releaseAt: null },
    } as const;
    await store.advanceAction(makeTransition(action, 'Succeeded', 2));
    const newer = await mustRequest(store, makeAction(3, machine, { type: 'UnrestrictCodeExecution' }));
    assert.equal(await store.advanceAction(stranger), false);
    const [control] = await store.controlsOf(TENANT, [machine.id]);
    assert.equal(control?.actionId, newer.id);
    assert.equal(control?.generation, 2);
  });

  test(say('controls of many machines are read at once'), async () => {
    await using store = await open();
    const machines = Array.from({ length: 1200 }, (_, number) => makeMachine(number));
    await enrolMachines(store, machines);
    await Promise.all(machines.map((own, number) => mustRequest(store, makeAction(number, own))));
    const found = await store.controlsOf(
      TENANT,
      machines.map(({ id }) => id),
    );
    assert.equal(new Set(found.map(({ machineId }) => machineId)).size, 1200);
    assert.deepEqual(await store.controlsOf(TENANT, []), []);
    assert.deepEqual(await store.controlsOf(OTHER_TENANT, [machine.id]), []);
  });
}
