import assert from 'node:assert/strict';
import test from 'node:test';
import {
  at,
  enrolMachines,
  makeDevice,
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
      at: at(9),
    };
    assert.equal(await store.replaceKey({ ...change, oldKey: 'wrong' }), false);
    assert.equal(await store.replaceKey({ ...change, tenantId: OTHER_TENANT }), false);
    assert.equal(await store.replaceKey(change), true);
    assert.equal(await store.replaceKey(change), false);
    assert.deepEqual(await store.device(machine.id), { ...device, publicKey: 'new', lastSequence: 0 });
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
      at: at(9),
    };
    assert.equal(await store.replaceKey(change), false);
    assert.equal((await store.enrolmentTokenByHash('hash-of-bound'))?.usesLeft, 1);
    assert.equal(await store.replaceKey({ ...change, oldKey: device.publicKey }), true);
    assert.equal((await store.enrolmentTokenByHash('hash-of-bound'))?.usesLeft, 0);
    assert.equal(await store.replaceKey({ ...change, oldKey: 'new', newKey: 'newer' }), false);
    assert.equal((await store.device(machine.id))?.publicKey, 'new');
  });
}
