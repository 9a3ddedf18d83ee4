import assert from 'node:assert/strict';
import test from 'node:test';
import type { MachineAction } from '../../../src/domain/action.ts';
import type { Store } from '../../../src/store/port.ts';
import {
  at,
  enrolMachines,
  makeAction,
  makeMachine,
  makeRequest,
  makeTransition,
  mustRequest,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

const machine = makeMachine(1);
const other = makeMachine(2);

const timed = (number: number, seconds: number, of = machine): MachineAction =>
  makeAction(number, of, { releaseAt: at(seconds) });

const ended = async (store: Store, action: MachineAction): Promise<void> => {
  assert.ok(await store.advanceAction(makeTransition(action, 'Succeeded', 9)));
};

const release = (number: number, of: MachineAction, atGeneration: number) => {
  const action = makeAction(number, machine, { type: 'UnrestrictCodeExecution', releaseOf: of.id });
  return { ...makeRequest(action), atGeneration };
};

const deadlineOf = async (store: Store): Promise<string | null | undefined> =>
  (await store.controls(TENANT, machine.id))[0]?.releaseAt;

export function releaseConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('a deadline is written with its action, and is due from that very instant on'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine, other]);
    const later = await mustRequest(store, timed(1, 70, other));
    const action = await mustRequest(store, timed(2, 60));
    assert.equal((await store.action(TENANT, action.id, null))?.releaseAt, at(60));
    assert.equal(await deadlineOf(store), at(60));
    assert.deepEqual(await store.dueReleases(at(60), 10), [], 'an active action holds it');
    await ended(store, action);
    await ended(store, later);
    assert.deepEqual(await store.dueReleases(at(59.999), 10), []);
    assert.deepEqual(
      (await store.dueReleases(at(60), 10)).map(({ machineId, generation }) => [machineId, generation]),
      [[machine.id, 1]],
    );
    const due = await store.dueReleases(at(70), 10);
    assert.deepEqual(
      due.map(({ machineId }) => machineId),
      [machine.id, other.id],
    );
    assert.equal((await store.dueReleases(at(70), 1)).length, 1);
  });

  test(say('another action voids the deadline, and knows it'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    await ended(store, await mustRequest(store, timed(1, 60)));
    const second = await mustRequest(store, makeAction(2, machine));
    assert.equal(second.releaseBefore, at(60));
    assert.equal((await store.action(TENANT, second.id, null))?.releaseBefore, at(60));
    assert.equal(await deadlineOf(store), null);
    await ended(store, second);
    assert.deepEqual(await store.dueReleases(at(1000), 10), []);
    const desired = { mode: 'restricted', actionId: second.id, releaseAt: at(60) } as const;
    const third = await mustRequest(store, makeAction(3, machine));
    assert.equal(third.releaseBefore, null);
    await store.advanceAction(makeTransition(third, 'Cancelled', 9, { desired }));
    assert.equal(await deadlineOf(store), at(60), 'an end can bring one back');
  });

  test(say('a release happens once, at the generation that was due, and uses the deadline up'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = await mustRequest(store, timed(1, 60));
    assert.equal((await store.requestAction(release(2, action, 1))).outcome, 'active');
    await ended(store, action);
    assert.equal((await store.requestAction(release(3, action, 0))).outcome, 'outdated');
    assert.equal((await store.requestAction(release(4, action, 2))).outcome, 'outdated');
    const both = await Promise.all([5, 6].map((number) => store.requestAction(release(number, action, 1))));
    assert.deepEqual(both.map(({ outcome }) => outcome).sort(), ['created', 'outdated']);
    const [state] = await store.controls(TENANT, machine.id);
    assert.deepEqual([state?.mode, state?.generation, state?.releaseAt], ['unrestricted', 2, null]);
    const [created] = both.filter(({ outcome }) => outcome === 'created');
    assert.ok(created?.outcome === 'created');
    assert.deepEqual(
      [created.action.releaseOf, created.action.releaseBefore, created.action.modeBefore],
      [action.id, null, 'restricted'],
    );
    assert.equal(
      (await store.requestAction(release(7, action, 2))).outcome,
      'outdated',
      'no deadline is left',
    );
  });
}
