/** `Succeeded` means proven on the device; nothing else does (design, parts 1 and 4). */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { Report } from '../../src/contract/device.ts';
import { someEvidence } from '../kit/device.ts';
import { startWorld } from '../kit/world.ts';

/** Outcomes that prove nothing, on an order to restrict, and the cause that the history gives. */
const EMPTY: readonly (readonly [what: string, changes: Partial<Report>, cause: RegExp])[] = [
  ['proven without evidence', { evidence: null }, /no evidence that proves/],
  [
    'proven with evidence of no check',
    { evidence: someEvidence(true, { checks: [] }) },
    /no evidence that proves/,
  ],
  ['proven by a check that failed', { evidence: someEvidence(false) }, /no evidence that proves/],
  [
    'proven by checks of which one failed',
    {
      evidence: someEvidence(true, { checks: [...someEvidence(true).checks, ...someEvidence(false).checks] }),
    },
    /no evidence that proves/,
  ],
  ['proven for another mode', { observed: 'unrestricted' }, /no evidence that proves/],
  ['proven for no mode', { observed: 'unmanaged' }, /no evidence that proves/],
  [
    'evidence and no claim',
    { proven: false, reason: 'fapolicyd did not start' },
    /^fapolicyd did not start$/,
  ],
  [
    'neither claim nor reason',
    { proven: false, evidence: null },
    /could not prove the mode and gave no reason/,
  ],
  [
    'what the observe driver says',
    {
      proven: false,
      observed: 'unmanaged',
      undone: true,
      reason: 'The driver observe changes nothing and proves nothing.',
      evidence: someEvidence(true, { driver: 'observe', checks: [] }),
    },
    /^The driver observe changes nothing/,
  ],
];

describe('an outcome', () => {
  for (const [what, changes, cause] of EMPTY) {
    test(`that is ${what} ends as Failed with the reason, never as Succeeded`, async () => {
      await using world = await startWorld();
      const device = await world.device();
      const action = await world.restrict(device.machineId);
      const order = await device.next();
      await device.accept(order);
      await device.prove(order, changes);
      const ended = await world.action(action.id);
      assert.equal(ended.status, 'Failed');
      assert.notEqual(ended.errorHResult, 0);
      const last = (await world.history(action.id)).at(-1);
      assert.match(last?.cause ?? '', cause);
      assert.deepEqual(
        last?.evidence ?? null,
        changes.evidence === undefined ? someEvidence() : changes.evidence,
      );
      assert.equal((await world.state(device.machineId)).control.assurance, 'unproven');
    });
  }

  test('that is proven ends as Succeeded, with the evidence in the history and on the machine', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrict(device.machineId);
    await device.obey();
    const { status, errorHResult } = await world.action(action.id);
    assert.deepEqual([status, errorHResult], ['Succeeded', 0]);
    const history = await world.history(action.id);
    assert.deepEqual(
      history.map(({ revision, cause, actor, evidence }) => [revision, cause, actor.kind, evidence]),
      [
        [1, 'requested', 'application', null],
        [2, 'accepted by the device', 'device', null],
        [3, 'proven on the device', 'device', someEvidence()],
      ],
    );
    // The wire drops zeros at the end, so that only whole times sort as text.
    const times = (await world.store.actionEvents(device.tenantId, action.id)).map(({ at }) => at);
    assert.deepEqual(times, times.toSorted(), 'in the order of time');
    const { control } = await world.state(device.machineId);
    assert.deepEqual(
      [control.assurance, control.observedMode, control.evidence],
      ['proven', 'restricted', someEvidence()],
    );
  });

  test('of another machine, another control’s action or no action at all changes no action', async () => {
    await using world = await startWorld();
    const [one, other] = [await world.device('one.cordon.test'), await world.device('two.cordon.test')];
    const action = await world.restrict(one.machineId);
    const order = await one.next();
    const foreign = await world.restrict(other.machineId);
    const its = await other.next();
    await other.prove({ ...its, actionId: order.actionId });
    assert.equal((await world.action(action.id)).status, 'Pending');
    assert.equal((await world.action(foreign.id)).status, 'Pending');
    await other.prove({ ...its, actionId: null });
    assert.equal((await world.action(foreign.id)).status, 'Pending');
    await other.prove({ ...its, generation: 7 });
    assert.equal((await world.action(foreign.id)).status, 'Pending');
    assert.equal((await world.history(action.id)).length, 1);
  });

  test('of another epoch is received and means nothing', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrict(device.machineId);
    const order = await device.next();
    const proof = device.report('outcome', order, {
      observed: 'restricted',
      proven: true,
      evidence: someEvidence(),
    });
    const { answer } = await device.exchange({ epoch: 'another epoch', reports: [proof] });
    assert.equal(answer?.received, proof.sequence);
    assert.equal((await world.action(action.id)).status, 'Pending');
    assert.equal((await world.history(action.id)).length, 1);
  });
});

describe('drift', () => {
  test('shows on the machine until it is repaired, is in the history, and leaves the status', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrict(device.machineId);
    const order = await device.obey();
    const proven = await world.action(action.id);
    await device.drift(order, {
      observed: 'unmanaged',
      reason: 'the enforcer was stopped',
      evidence: someEvidence(false),
    });
    const { control } = await world.state(device.machineId);
    assert.deepEqual(
      [control.mode, control.assurance, control.observedMode],
      ['restricted', 'drifted', 'unmanaged'],
    );
    await device.drift(order, {
      observed: 'restricted',
      proven: true,
      reason: null,
      evidence: someEvidence(),
    });
    assert.equal((await world.state(device.machineId)).control.assurance, 'proven');
    assert.deepEqual(await world.action(action.id), proven);
    assert.deepEqual(
      (await world.history(action.id))
        .slice(3)
        .map(({ cause, status, revision }) => [cause, status, revision]),
      [
        ['drifted: the enforcer was stopped', 'Succeeded', 3],
        ['drift repaired', 'Succeeded', 3],
      ],
    );
  });

  test('that claims a repair without evidence is no repair', async () => {
    await using world = await startWorld();
    const device = await world.device();
    await world.restrict(device.machineId);
    const order = await device.obey();
    await device.drift(order, { observed: 'restricted', proven: true, evidence: null });
    assert.equal((await world.state(device.machineId)).control.assurance, 'drifted');
  });

  test('of an older generation is kept and shows nothing', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrict(device.machineId);
    const old = await device.obey();
    await world.unrestrict(device.machineId);
    await device.obey();
    await device.drift(old, { observed: 'unrestricted' });
    assert.equal((await world.state(device.machineId)).control.assurance, 'proven');
    assert.equal((await world.history(action.id)).at(-1)?.cause, 'late report');
  });
});

test('a machine without any order has no control, and one released is proven unrestricted', async () => {
  await using world = await startWorld();
  const device = await world.device();
  await assert.rejects(world.state(device.machineId), /nothing was ever asked/);
  const action = await world.unrestrict(device.machineId);
  await device.obey();
  assert.equal((await world.action(action.id)).status, 'Succeeded', 'release of what was never restricted');
  const { control } = await world.state(device.machineId);
  assert.deepEqual([control.mode, control.assurance], ['unrestricted', 'proven']);
});
