import assert from 'node:assert/strict';
import test from 'node:test';
import type { MachineFacts } from '../../../src/store/port.ts';
import {
  at,
  enrolMachines,
  machineId,
  makeGroup,
  makeMachine,
  OTHER_TENANT,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

const ids = (machines: readonly { id: string }[]): string[] => machines.map(({ id }) => id);

export function machineConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('a machine comes back as it was enrolled'), async () => {
    await using store = await open();
    const full = makeMachine(0xab, {
      mergedIntoMachineId: machineId(9),
      isPotentialDuplication: true,
      isExcluded: true,
      exclusionReason: 'lab',
      osVersion: '12.4',
      osBuild: 22631,
      lastExternalIpAddress: '203.0.113.7',
      riskScore: 'High',
      exposureLevel: 'Low',
      isAadJoined: true,
      aadDeviceId: 'b1a7c0de-1111-4222-8333-444455556666',
      tags: ['Lab', 'a b', 'ü'],
      hardwareFingerprint: 'f00d',
    });
    await enrolMachines(store, [full, makeMachine(2)]);
    assert.deepEqual(await store.machine(TENANT, full.id, null), full);
    assert.deepEqual(await store.machineByFingerprint(TENANT, 'f00d'), full);
    assert.equal(await store.machineByFingerprint(OTHER_TENANT, 'f00d'), null);
  });

  test(say('a machine is found by id, directory id and name in any letter case'), async () => {
    await using store = await open();
    const machine = makeMachine(0xab, {
      aadDeviceId: 'B1A7C0DE-1111-4222-8333-444455556666',
      computerDnsName: 'Ws-7.Cordon.Test',
    });
    await enrolMachines(store, [machine]);
    for (const name of [
      machine.id.toUpperCase(),
      'b1a7c0de-1111-4222-8333-444455556666',
      'WS-7.cordon.test',
    ]) {
      assert.equal((await store.machine(TENANT, name, null))?.id, machine.id, name);
      const { tenantId, id, computerDnsName, osPlatform, osBuild, drivers, groupId } = machine;
      const target = await store.actionTarget(TENANT, name, [groupId]);
      assert.deepEqual(
        { ...target },
        { ...target, tenantId, id, computerDnsName, osPlatform, osBuild, drivers, groupId },
        name,
      );
      assert.equal(await store.actionTarget(OTHER_TENANT, name, null), null, name);
      assert.equal(await store.actionTarget(TENANT, name, [5]), null, name);
      assert.equal(await store.machine(OTHER_TENANT, name, null), null, name);
      assert.equal(await store.machine(TENANT, name, [5]), null, name);
    }
    assert.equal(await store.machine(TENANT, 'ws-7', null), null);
  });

  test(
    say('of machines with one name the one seen last is meant, among those the caller may see'),
    async () => {
      await using store = await open();
      const computerDnsName = 'ws.cordon.test';
      const group = async () => (await store.createGroup(makeGroup()))?.id as number;
      const older = makeMachine(1, { computerDnsName, lastSeen: at(1) });
      const newer = makeMachine(2, { computerDnsName, lastSeen: at(2) });
      await enrolMachines(store, [newer, older]);
      const id = await group();
      await store.assignGroups(TENANT, [{ machineId: newer.id, groupId: id, pinned: false }]);
      assert.equal((await store.machine(TENANT, computerDnsName, null))?.id, newer.id);
      assert.equal((await store.machine(TENANT, computerDnsName, [0]))?.id, older.id);
    },
  );

  test(say('a machine carries the name of its group, and none when the group is gone'), async () => {
    await using store = await open();
    await enrolMachines(store, [makeMachine(1), makeMachine(2)]);
    const group = await store.createGroup(makeGroup({ name: 'servers' }));
    assert.ok(group);
    await store.assignGroups(TENANT, [{ machineId: machineId(1), groupId: group.id, pinned: true }]);
    const inside = await store.machine(TENANT, machineId(1), null);
    assert.deepEqual([inside?.groupId, inside?.groupName, inside?.groupPinned], [group.id, 'servers', true]);
    assert.equal(await store.deleteGroup(TENANT, group.id), true);
    const outside = await store.machine(TENANT, machineId(1), null);
    assert.deepEqual([outside?.groupId, outside?.groupName, outside?.groupPinned], [0, null, false]);
  });

  test(say('the target of an action follows whatever changes its machine'), async () => {
    await using store = await open();
    const machine = makeMachine(1);
    await enrolMachines(store, [machine]);
    const target = () => store.actionTarget(TENANT, machine.id, null);
    assert.equal((await target())?.groupId, machine.groupId);
    await store.updateFacts(TENANT, machine.id, { ...machine, osBuild: 10_240, drivers: [] });
    assert.deepEqual([(await target())?.osBuild, (await target())?.drivers], [10_240, []]);
    const group = await store.createGroup(makeGroup());
    assert.ok(group !== null);
    await store.assignGroups(TENANT, [{ machineId: machine.id, groupId: group.id, pinned: true }]);
    assert.equal((await target())?.groupId, group.id);
    assert.equal(await store.actionTarget(TENANT, machine.id, [group.id + 1]), null);
    await store.deleteGroup(TENANT, group.id);
    assert.equal((await target())?.groupId, 0);
    await store.clear();
    assert.equal(await target(), null);
  });

  test(say('tags are added and removed once, and found whole or by their beginning'), async () => {
    await using store = await open();
    await enrolMachines(
      store,
      [1, 2, 3].map((number) => makeMachine(number)),
    );
    await store.changeTag(TENANT, machineId(1), 'lab', 'add');
    await store.changeTag(TENANT, machineId(1), 'lab', 'add');
    await store.changeTag(TENANT, machineId(2), 'lab-2', 'add');
    await store.changeTag(TENANT, machineId(3), 'Lab', 'add');
    await store.changeTag(TENANT, machineId(3), '%', 'add');
    await store.changeTag(OTHER_TENANT, machineId(3), 'lab', 'add');
    await store.changeTag(TENANT, machineId(9), 'lab', 'add');
    assert.deepEqual(ids(await store.machinesByTag(TENANT, 'lab', false, null)), [machineId(1)]);
    assert.deepEqual(ids(await store.machinesByTag(TENANT, 'lab', true, null)), [machineId(1), machineId(2)]);
    assert.deepEqual(ids(await store.machinesByTag(TENANT, '%', true, null)), [machineId(3)]);
    assert.deepEqual(ids(await store.machinesByTag(TENANT, 'lab', true, [4])), []);
    assert.deepEqual(ids(await store.machinesByTag(OTHER_TENANT, 'lab', true, null)), []);
    assert.deepEqual((await store.machine(TENANT, machineId(1), null))?.tags, ['lab']);
    await store.changeTag(TENANT, machineId(1), 'lab', 'remove');
    await store.changeTag(TENANT, machineId(1), 'lab', 'remove');
    assert.deepEqual((await store.machine(TENANT, machineId(1), null))?.tags, []);
  });

  test(say('machines are found by an address they have or had, seen within a time'), async () => {
    await using store = await open();
    const machine = makeMachine(1, { lastSeen: at(100) });
    await enrolMachines(store, [machine, makeMachine(2, { lastSeen: at(100) })]);
    const moved: MachineFacts = {
      ...machine,
      computerDnsName: 'moved.cordon.test',
      lastIpAddress: '10.9.9.9',
      addresses: [{ ipAddress: 'FE80::1', macAddress: null, type: 'Ethernet', operationalStatus: 'Up' }],
    };
    await store.updateFacts(TENANT, machine.id, moved);
    for (const address of ['10.0.0.1', '10.9.9.9', 'fe80::1', 'FE80::1']) {
      assert.deepEqual(
        ids(await store.machinesByAddress(TENANT, address, at(0), at(100), null)),
        [machine.id],
        address,
      );
    }
    assert.deepEqual(await store.machinesByAddress(TENANT, '10.9.9.9', at(101), at(200), null), []);
    assert.deepEqual(await store.machinesByAddress(TENANT, '10.9.9.9', at(0), at(99), null), []);
    assert.deepEqual(await store.machinesByAddress(TENANT, '10.9.9.9', at(0), at(100), [3]), []);
    assert.deepEqual(await store.machinesByAddress(OTHER_TENANT, '10.9.9.9', at(0), at(100), null), []);
    await store.touchMachines([
      { tenantId: TENANT, machineId: machine.id, at: at(500), externalAddress: null },
    ]);
    assert.deepEqual(ids(await store.machinesByAddress(TENANT, '10.9.9.9', at(200), at(300), null)), [
      machine.id,
    ]);
    assert.deepEqual(await store.machinesByAddress(TENANT, '10.0.0.1', at(200), at(300), null), []);
    await store.updateFacts(TENANT, machine.id, { ...moved, lastIpAddress: '10.0.0.1' });
    assert.deepEqual(await store.machinesByAddress(TENANT, '10.9.9.9', at(501), at(600), null), []);
    assert.deepEqual(ids(await store.machinesByAddress(TENANT, '10.0.0.1', at(500), at(600), null)), [
      machine.id,
    ]);
    const changed = await store.machine(TENANT, machine.id, null);
    assert.equal(changed?.computerDnsName, 'moved.cordon.test');
    assert.deepEqual(changed?.addresses, moved.addresses);
    assert.equal(changed?.lastSeen, at(500));
  });

  test(say('being seen moves lastSeen forward only, and makes a silent machine active again'), async () => {
    await using store = await open();
    await enrolMachines(store, [makeMachine(1, { lastSeen: at(10) }), makeMachine(2, { lastSeen: at(50) })]);
    assert.equal(await store.markInactive(at(20), 10), 1);
    assert.equal(await store.markInactive(at(20), 10), 0);
    assert.equal((await store.machine(TENANT, machineId(1), null))?.healthStatus, 'Inactive');
    assert.equal((await store.machine(TENANT, machineId(2), null))?.healthStatus, 'Active');
    await store.touchMachines([
      { tenantId: TENANT, machineId: machineId(2), at: at(40), externalAddress: '198.51.100.1' },
      { tenantId: TENANT, machineId: machineId(1), at: at(60), externalAddress: null },
      { tenantId: TENANT, machineId: machineId(9), at: at(60), externalAddress: null },
    ]);
    const [first, second] = [
      await store.machine(TENANT, machineId(1), null),
      await store.machine(TENANT, machineId(2), null),
    ];
    assert.deepEqual([first?.lastSeen, first?.healthStatus], [at(60), 'Active']);
    assert.deepEqual([second?.lastSeen, second?.lastExternalIpAddress], [at(50), null]);
    await store.touchMachines([
      { tenantId: TENANT, machineId: machineId(1), at: at(61), externalAddress: '198.51.100.1' },
    ]);
    await store.touchMachines([
      { tenantId: TENANT, machineId: machineId(1), at: at(62), externalAddress: null },
    ]);
    assert.equal((await store.machine(TENANT, machineId(1), null))?.lastExternalIpAddress, '198.51.100.1');
    await store.touchMachines([]);
  });
}
