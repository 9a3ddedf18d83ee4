/** How an action ends, what is wanted of the machine then, and what it shows (design, part 4). */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { Assurance } from '../../src/contract/cordon.ts';
import type { Mode } from '../../src/contract/device.ts';
import type { ActionStatus } from '../../src/contract/machine-action.ts';
import { type PuppetDevice, someEvidence } from '../kit/device.ts';
import { startWorld, type World } from '../kit/world.ts';

const PENDING = 3 * 86_400_000;
const PROGRESS = 3_600_000;
const FAILED = -2_147_467_259;

/** What happens after the request; the order is the one that the device got. */
type Happening = (world: World, device: PuppetDevice, actionId: string) => Promise<void>;

const accept: Happening = async (_world, device) => void (await device.accept(await device.next()));
const cancel: Happening = async (world, _device, id) => void (await world.cancel(id));
const timeOut =
  (milliseconds: number): Happening =>
  async (world, _device, id) => {
    world.time.step(milliseconds + 1);
    const token = await world.application(['Machine.Read.All']);
    await world.until(async () => {
      const reply = await world.get(`/api/machineactions/${id}`, token);
      return reply.json<{ status: string }>().status === 'TimeOut';
    });
  };
const fail =
  (undone: boolean): Happening =>
  async (_world, device) => {
    const order = device.desired[0]?.status === 'active' ? device.desired[0] : await device.next();
    await device.fail(order!, { undone, observed: undone ? 'unmanaged' : 'restricted' });
  };

interface Row {
  readonly what: string;
  readonly type: 'restrict' | 'unrestrict';
  readonly happens: readonly Happening[];
  readonly status: ActionStatus;
  readonly cause: string;
  /** Desired mode afterwards; 'before' is restricted for an unrestrict, unmanaged for a restrict. */
  readonly desired: 'before' | 'stays';
}

const both = (row: Omit<Row, 'type'>): Row[] => [
  { ...row, type: 'restrict' },
  { ...row, type: 'unrestrict' },
];

const ROWS: readonly Row[] = [
  ...both({
    what: 'cancelled while Pending',
    happens: [cancel],
    status: 'Cancelled',
    cause: 'cancelled',
    desired: 'before',
  }),
  ...both({
    what: 'cancelled while InProgress',
    happens: [accept, cancel],
    status: 'Cancelled',
    cause: 'cancelled',
    desired: 'before',
  }),
  ...both({
    what: 'timed out while Pending',
    happens: [timeOut(PENDING)],
    status: 'TimeOut',
    cause: 'timed out while Pending',
    desired: 'before',
  }),
  {
    what: 'timed out while InProgress',
    type: 'restrict',
    happens: [accept, timeOut(PROGRESS)],
    status: 'TimeOut',
    cause: 'timed out while InProgress',
    desired: 'stays',
  },
  {
    what: 'timed out while InProgress',
    type: 'unrestrict',
    happens: [accept, timeOut(PROGRESS)],
    status: 'TimeOut',
    cause: 'timed out while InProgress',
    desired: 'before',
  },
  ...both({
    what: 'failed and undone',
    happens: [accept, fail(true)],
    status: 'Failed',
    cause: 'puppet failed',
    desired: 'before',
  }),
  {
    what: 'failed and not undone',
    type: 'restrict',
    happens: [accept, fail(false)],
    status: 'Failed',
    cause: 'puppet failed',
    desired: 'stays',
  },
  {
    what: 'failed and not undone',
    type: 'unrestrict',
    happens: [accept, fail(false)],
    status: 'Failed',
    cause: 'puppet failed',
    desired: 'before',
  },
  ...both({
    what: 'failed before it was accepted',
    happens: [fail(true)],
    status: 'Failed',
    cause: 'puppet failed',
    desired: 'before',
  }),
];

describe('an action that ends without success', () => {
  for (const { what, type, happens, status, cause, desired } of ROWS) {
    test(`${type}, ${what}: ${status}, and the desired mode ${desired === 'stays' ? 'stays' : 'is the one before'}`, async () => {
      await using world = await startWorld();
      const device = await world.device();
      let actionBefore: string | null = null;
      let before: Mode = 'unmanaged';
      if (type === 'unrestrict') {
        actionBefore = (await world.restrict(device.machineId)).id;
        before = (await device.obey()).mode;
      }
      const action = await world[type](device.machineId);
      const { generation } = (await world.state(device.machineId)).control;
      for (const happening of happens) await happening(world, device, action.id);
      const token = await world.application(['Machine.Read.All']);

      const ended = (await world.get(`/api/machineactions/${action.id}`, token)).json<typeof action>();
      assert.equal(ended.status, status);
      assert.equal(ended.errorHResult, status === 'Cancelled' ? 0 : FAILED);
      const events = await world.store.actionEvents(device.tenantId, action.id);
      assert.equal(events.at(-1)?.cause, cause);
      assert.equal(events.at(-1)?.status, status);
      assert.deepEqual(
        events.map(({ revision }) => revision),
        events.map((_, index) => index + 1),
        'one event for each transition',
      );

      const [control] = await world.store.controlsOf(device.tenantId, [device.machineId]);
      const wanted: Mode = type === 'restrict' ? 'restricted' : 'unrestricted';
      assert.equal(control?.mode, desired === 'stays' ? wanted : before);
      assert.equal(control?.generation, desired === 'stays' ? generation : generation + 1);
      assert.equal(control?.actionId, desired === 'stays' ? action.id : actionBefore);
      const assurance = async (): Promise<Assurance> => {
        const reply = await world.get(`/cordon/v1/machines/${device.machineId}`, token);
        return reply.json<{ controls: { assurance: Assurance }[] }>().controls[0]!.assurance;
      };
      assert.equal(await assurance(), 'unproven', 'nothing is claimed before the device has proven it');

      // The answer to a report brings the new order with it.
      const held = device.desired[0];
      const order = held?.generation === control?.generation ? held! : await device.next();
      assert.deepEqual(
        [order.mode, order.actionId, order.generation],
        [control?.mode, control?.actionId, control?.generation],
      );
      await device.prove(order);
      assert.equal(await assurance(), order.mode === 'unmanaged' ? 'unmanaged' : 'proven');
      const still = (await world.get(`/api/machineactions/${action.id}`, token)).json<typeof action>();
      assert.deepEqual(still, ended, 'a proof that comes after the end never changes the action');
    });
  }
});

describe('a late report', () => {
  test('after a time-out updates what is observed, and is in the history; the status stays', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrict(device.machineId);
    const order = await device.next();
    await device.accept(order);
    await timeOut(PROGRESS)(world, device, action.id);
    await device.prove(order);
    const after = await world.store.action(device.tenantId, action.id, null);
    assert.equal(after?.status, 'TimeOut');
    const [control] = await world.store.controlsOf(device.tenantId, [device.machineId]);
    assert.deepEqual(
      [control?.mode, control?.observedMode, control?.observedProven, control?.evidence],
      ['restricted', 'restricted', true, someEvidence()],
    );
    const last = (await world.store.actionEvents(device.tenantId, action.id)).at(-1);
    assert.equal(last?.cause, 'proven after the end of the action');
    assert.deepEqual(last?.evidence, someEvidence());
    assert.equal(last?.status, 'TimeOut');
    assert.equal(last?.actor.kind, 'device');
  });

  test('for an older generation is kept in the history of its action, and changes nothing', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const first = await world.restrict(device.machineId);
    const old = await device.next();
    await device.accept(old);
    await world.cancel(first.id);
    const second = await world.unrestrict(device.machineId);
    const before = await world.state(device.machineId);
    await device.prove(old);
    assert.equal((await world.action(first.id)).status, 'Cancelled');
    assert.equal((await world.action(second.id)).status, 'Pending');
    const { lastSeen: _seen, ...state } = await world.state(device.machineId);
    const { lastSeen: _before, ...stood } = before;
    assert.deepEqual(state, stood);
    const history = await world.history(first.id);
    assert.deepEqual(
      history.map(({ cause, status }) => [cause, status]),
      [
        ['requested', 'Pending'],
        ['accepted by the device', 'InProgress'],
        ['cancelled', 'Cancelled'],
        ['late report', 'Cancelled'],
      ],
    );
    await device.prove(device.desired[0]!);
    assert.equal((await world.action(second.id)).status, 'Succeeded');
  });

  test('that is repeated or comes in another order does no harm', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrict(device.machineId);
    const order = await device.next();
    const accepted = device.report('accepted', order);
    const proof = device.report('outcome', order, {
      observed: 'restricted',
      proven: true,
      evidence: someEvidence(),
    });
    await device.exchange({ reports: [proof, accepted] });
    const history = await world.history(action.id);
    assert.deepEqual(
      history.map(({ status }) => status),
      ['Pending', 'InProgress', 'Succeeded'],
    );
    for (let time = 0; time < 3; time += 1) await device.exchange({ reports: [accepted, proof] });
    assert.deepEqual(await world.history(action.id), history);
    assert.equal((await world.state(device.machineId)).control.assurance, 'proven');
  });

  test('an outcome that overtakes its acknowledgement still goes through InProgress', async () => {
    await using world = await startWorld();
    const device = await world.device();
    const action = await world.restrict(device.machineId);
    await device.prove(await device.next());
    assert.deepEqual(
      (await world.history(action.id)).map(({ status, cause }) => [status, cause]),
      [
        ['Pending', 'requested'],
        ['InProgress', 'accepted by the device'],
        ['Succeeded', 'proven on the device'],
      ],
    );
  });
});
