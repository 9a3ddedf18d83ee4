import assert from 'node:assert/strict';
import test from 'node:test';
import {
  at,
  enrolMachines,
  makeAction,
  makeDevice,
  makeEvent,
  makeGroup,
  makeKey,
  makeMachine,
  makeQuery,
  makeRequest,
  makeTenant,
  makeToken,
  makeTransition,
  mustRequest,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

const machine = makeMachine(1);
const many = Array.from({ length: 50 }, (_, number) => number + 1);

export function raceConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('of many requests at once for a machine exactly one is accepted'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const answers = await Promise.all(
      many.map((number) => {
        const type = number % 2 === 0 ? 'RestrictCodeExecution' : 'UnrestrictCodeExecution';
        return store.requestAction(makeRequest(makeAction(number, machine, { type })));
      }),
    );
    const created = answers.filter(({ outcome }) => outcome === 'created');
    assert.equal(created.length, 1);
    assert.equal(answers.filter(({ outcome }) => outcome === 'active').length, many.length - 1);
    const [control] = await store.controls(TENANT, machine.id);
    assert.equal(control?.generation, 1);
    const [winner] = created as { action: { id: string } }[];
    assert.equal(control?.actionId, winner?.action.id);
    const stored = await Promise.all(
      many.map((number) => store.action(TENANT, makeAction(number, machine).id, null)),
    );
    assert.equal(stored.filter((action) => action !== null).length, 1);
  });

  test(
    say('of many requests at once with one key exactly one is accepted and all others are told of it'),
    async () => {
      await using store = await open();
      await enrolMachines(
        store,
        many.map((number) => makeMachine(number)),
      );
      const key = { caller: 'c', key: 'k', fingerprint: 'f', expiresAt: at(1000) };
      const answers = await Promise.all(
        many.map((number) => store.requestAction(makeRequest(makeAction(number, makeMachine(number)), key))),
      );
      const created = answers.flatMap((answer) => (answer.outcome === 'created' ? [answer.action.id] : []));
      const told = answers.flatMap((answer) => (answer.outcome === 'keyTaken' ? [answer.actionId] : []));
      assert.equal(created.length, 1);
      assert.deepEqual(new Set(told), new Set(created));
      assert.equal(told.length, many.length - 1);
      const { rows } = await store.actions(TENANT, makeQuery(), null);
      assert.deepEqual(
        rows.map(({ id }) => id),
        created,
        'the others wrote nothing, whoever they travelled with',
      );
      const wanted = await Promise.all(many.map((number) => store.controls(TENANT, makeMachine(number).id)));
      assert.equal(wanted.flat().length, 1);
    },
  );

  test(say('of many transitions at once from one revision exactly one happens'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    const action = await mustRequest(store, makeAction(1, machine));
    const ends = ['Succeeded', 'Failed', 'TimeOut', 'Cancelled', 'InProgress'] as const;
    const done = await Promise.all(
      many.map((number) => store.advanceAction(makeTransition(action, ends[number % 5] as 'Failed', number))),
    );
    assert.equal(done.filter(Boolean).length, 1);
    assert.equal((await store.actionEvents(TENANT, action.id)).length, 2);
    assert.equal((await store.action(TENANT, action.id, null))?.revision, 2);
  });

  test(say('a token of three uses enrols three of many that come at once'), async () => {
    await using store = await open();
    await store.createTenant(makeTenant());
    await store.createEnrolmentToken(makeToken({ usesLeft: 3 }));
    const done = await Promise.all(
      many.map((number) => {
        const own = makeMachine(number);
        return store.enrol({ tokenId: 'token-1', machine: own, device: makeDevice(own), at: at(1) });
      }),
    );
    assert.equal(done.filter(Boolean).length, 3);
    assert.equal((await store.enrolmentTokenByHash('hash-of-token-1'))?.usesLeft, 0);
  });

  test(say('an assertion, a setting and a server key are taken once by many at once'), async () => {
    await using store = await open();
    const used = await Promise.all(many.map(() => store.useAssertion('a', 'j', at(10), at(1))));
    assert.equal(used.filter(Boolean).length, 1);
    const settled = await Promise.all(many.map((number) => store.settle('epoch', String(number))));
    assert.equal(new Set(settled).size, 1);
    const keys = await Promise.all(
      many.map((number) => store.addServerKey(makeKey({ id: `key-${number}` }))),
    );
    assert.deepEqual(new Set(keys.map((present) => present.map(({ id }) => id).join())).size, 1);
  });

  test(
    say(
      'events appended at once are all kept, and groups created at once get numbers and ranks of their own',
    ),
    async () => {
      await using store = await open();
      await enrolMachines(store, [machine]);
      const action = await mustRequest(store, makeAction(1, machine));
      await Promise.all(
        many.map((number) => store.appendActionEvent(makeEvent(action, { cause: `late ${number}` }))),
      );
      assert.equal((await store.actionEvents(TENANT, action.id)).length, many.length + 1);
      const groups = await Promise.all(
        many.map((number) => store.createGroup({ ...makeGroup({ name: `group ${number}` }), rank: null })),
      );
      assert.equal(new Set(groups.map((group) => group?.id)).size, many.length);
      assert.deepEqual(
        groups.map((group) => group?.rank).sort((one, other) => one! - other!),
        many,
      );
      const ranked = await Promise.all(
        many.map((number) => store.createGroup(makeGroup({ name: `ranked ${number}`, rank: 7 }))),
      );
      assert.deepEqual(new Set(ranked.map((group) => group?.rank)), new Set([7]));
      const ranks = (await store.groups(TENANT)).map(({ rank }) => rank);
      assert.equal(new Set(ranks).size, 2 * many.length);
    },
  );
}
