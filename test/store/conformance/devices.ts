import assert from 'node:assert/strict';
import test from 'node:test';
import {
  at,
  enrolMachines,
  makeDevice,
  makeKey,
  makeMachine,
  makeTenant,
  makeToken,
  OTHER_TENANT,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

const machine = makeMachine(1);
const device = makeDevice(machine);

export function deviceConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('an enrolment uses its token up and writes machine and device'), async () => {
    await using store = await open();
    await store.createTenant(makeTenant());
    await store.createEnrolmentToken(makeToken({ usesLeft: 1 }));
    const enrolment = { tokenId: 'token-1', machine, device, at: at(1) };
    assert.equal(await store.enrol(enrolment), true);
    assert.deepEqual(await store.device(machine.id), device);
    assert.equal((await store.enrolmentTokenByHash('hash-of-token-1'))?.usesLeft, 0);
    const second = makeMachine(2);
    assert.equal(await store.enrol({ ...enrolment, machine: second, device: makeDevice(second) }), false);
    assert.equal(await store.machine(TENANT, second.id, null), null);
    assert.equal(await store.device(second.id), null);
  });

  test(say('a token that expired, was revoked, or is of another tenant enrols nobody'), async () => {
    await using store = await open();
    await store.createTenant(makeTenant());
    await store.createTenant(makeTenant({ id: OTHER_TENANT }));
    await store.createEnrolmentToken(makeToken({ id: 'expired', expiresAt: at(5) }));
    await store.createEnrolmentToken(makeToken({ id: 'revoked' }));
    await store.createEnrolmentToken(makeToken({ id: 'foreign', tenantId: OTHER_TENANT }));
    assert.equal(await store.revokeEnrolmentToken(TENANT, 'revoked', at(1)), true);
    assert.equal(await store.revokeEnrolmentToken(TENANT, 'revoked', at(2)), false);
    assert.equal(await store.revokeEnrolmentToken(TENANT, 'foreign', at(2)), false);
    for (const tokenId of ['expired', 'revoked', 'foreign', 'unknown']) {
      assert.equal(await store.enrol({ tokenId, machine, device, at: at(5) }), false, tokenId);
    }
    assert.equal(await store.machine(TENANT, machine.id, null), null);
    const listed = await store.enrolmentTokens(TENANT);
    assert.deepEqual(listed.map(({ id }) => id).sort(), ['expired', 'revoked']);
    assert.equal(listed.find(({ id }) => id === 'revoked')?.revokedAt, at(1));
    assert.equal(await store.enrolmentTokenByHash('unknown'), null);
  });

  test(say('a key is replaced only by who knows the old one, and the sequence begins again'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    await store.received(machine.id, 7);
    await store.received(machine.id, 3);
    assert.equal((await store.device(machine.id))?.lastSequence, 7);
    const change = {
      tokenId: null,
      tenantId: TENANT,
      machineId: machine.id,
      oldKey: device.publicKey,
      newKey: 'new',
      serverKeyId: 'server-key-2',
      at: at(9),
    };
    assert.equal(await store.replaceKey({ ...change, oldKey: 'wrong' }), false);
    assert.equal(await store.replaceKey({ ...change, tenantId: OTHER_TENANT }), false);
    assert.equal(await store.replaceKey(change), true);
    assert.equal(await store.replaceKey(change), false);
    assert.deepEqual(await store.device(machine.id), {
      ...device,
      publicKey: 'new',
      lastSequence: 0,
      serverKeyId: 'server-key-2',
    });
  });

  test(say('a key replaced under a token uses the token, and a refusal leaves it unused'), async () => {
    await using store = await open();
    await enrolMachines(store, [machine]);
    await store.createEnrolmentToken(makeToken({ id: 'bound', machineId: machine.id, groupId: null }));
    const change = {
      tokenId: 'bound',
      tenantId: TENANT,
      machineId: machine.id,
      oldKey: 'wrong',
      newKey: 'new',
      serverKeyId: 'server-key-2',
      at: at(9),
    };
    assert.equal(await store.replaceKey(change), false);
    assert.equal((await store.enrolmentTokenByHash('hash-of-bound'))?.usesLeft, 1);
    assert.equal(await store.replaceKey({ ...change, oldKey: device.publicKey }), true);
    assert.equal((await store.enrolmentTokenByHash('hash-of-bound'))?.usesLeft, 0);
    assert.equal(await store.replaceKey({ ...change, oldKey: 'new', newKey: 'newer' }), false);
    assert.equal((await store.device(machine.id))?.publicKey, 'new');
  });

  test(
    say('which key of the server a device has pinned is noted, counted and listed by tenant'),
    async () => {
      await using store = await open();
      const [late, early, foreign] = [
        makeMachine(2, { lastSeen: at(9) }),
        makeMachine(3, { lastSeen: at(2) }),
        makeMachine(4, { tenantId: OTHER_TENANT }),
      ];
      await enrolMachines(store, [machine, late, early, foreign]);
      assert.equal(await store.pinServerKey(machine.id, 'server-key-1', 'server-key-2'), true);
      assert.equal(await store.pinServerKey(machine.id, 'server-key-1', 'server-key-3'), false);
      assert.equal(await store.pinServerKey('unknown', 'server-key-1', 'server-key-2'), false);
      assert.equal((await store.device(machine.id))?.serverKeyId, 'server-key-2');
      assert.deepEqual([...(await store.devicesByServerKey())].sort(), [
        ['server-key-1', 3],
        ['server-key-2', 1],
      ]);
      assert.deepEqual(await store.machinesByServerKey(TENANT, 'server-key-1', 10), [
        { id: early.id, computerDnsName: early.computerDnsName, lastSeen: at(2) },
        { id: late.id, computerDnsName: late.computerDnsName, lastSeen: at(9) },
      ]);
      assert.equal((await store.machinesByServerKey(TENANT, 'server-key-1', 1)).length, 1);
    },
  );

  test(
    say('a key of the server is retired as unused only while no device of any tenant has it pinned'),
    async () => {
      await using store = await open();
      await store.addServerKey(makeKey({ id: 'server-key-1', purpose: 'device' }));
      await enrolMachines(store, [makeMachine(5, { tenantId: OTHER_TENANT })]);
      assert.equal(await store.retireUnpinnedServerKey('server-key-1', at(5)), false);
      assert.equal((await store.serverKeys())[0]?.retiredAt, null);
      await store.pinServerKey(makeMachine(5).id, 'server-key-1', 'server-key-2');
      assert.equal(await store.retireUnpinnedServerKey('server-key-1', at(6)), true);
      assert.equal(await store.retireUnpinnedServerKey('server-key-1', at(7)), false);
      assert.equal((await store.serverKeys())[0]?.retiredAt, at(6));
    },
  );
}
