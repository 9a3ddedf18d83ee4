import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { WireError } from '../../src/contract/errors.ts';
import type { WireMachine } from '../../src/contract/machine.ts';
import { instantFrom } from '../../src/contract/time.ts';
import { createPuppetDevice, deviceFacts, newKeyPair } from '../kit/device.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld, TENANT, type World } from '../kit/world.ts';

const enrolment = (token: string, publicKey = newKeyPair().publicKey) => ({
  protocol: 1,
  token,
  publicKey,
  facts: deviceFacts(),
});
const puppet = (world: World) => createPuppetDevice({ serverUrl: world.url });

function isRefused(answer: { status: number; body: unknown }, status: number, message: RegExp): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  const { error } = answer.body as WireError;
  assert.match(error.message, message);
  assert.match(error.target, /^\|[0-9a-f-]{25}\.$/);
}

describe('enrolment', () => {
  test('makes a machine with an id of the server’s choice, in the token’s tenant and group', async () => {
    await using world = await startWorld();
    const group = await world.server.services.groups.create(TENANT, 'lab', null, []);
    const created = succeeded<{ token: string; id: string; expiresAt: string }>(
      await world.call('POST', '/cordon/v1/enrolmenttokens', { body: { group: 'LAB', minutes: 5 } }),
      201,
    );
    world.keepSecret(created.token);
    assert.equal(created.expiresAt, '2026-03-02T09:20:20Z');
    const device = puppet(world);
    const answer = await device.enrol({ token: created.token, facts: deviceFacts('New.Cordon.Test') });
    assert.match(answer.machineId, /^[0-9a-f]{40}$/);
    assert.equal(answer.tenantId, TENANT);
    const machine = succeeded<WireMachine>(await world.get('/api/machines/new.cordon.test'));
    assert.deepEqual(
      [machine.id, machine.rbacGroupId, machine.rbacGroupName, machine.isPotentialDuplication],
      [answer.machineId, group.id, 'lab', false],
    );
    assert.notEqual((await device.exchange()).answer, null);
  });

  test('a token serves as often as it says, until it expires or is revoked; refusals cost nothing', async () => {
    await using world = await startWorld();
    const token = await world.enrolmentToken({ usesLeft: 2 });
    const wrong = { ...enrolment(token), publicKey: 'short' };
    isRefused(await puppet(world).tryEnrol(wrong), 400, /publicKey/);
    isRefused(await puppet(world).tryEnrol({ ...enrolment(token), protocol: 99 }), 400, /Protocol 99/);
    for (let use = 0; use < 2; use += 1) await puppet(world).enrol({ token });
    isRefused(await puppet(world).tryEnrol(enrolment(token)), 401, /used up, expired or revoked/);
    const short = await world.enrolmentToken({ expiresAt: instantFrom(world.time.wall() + 1000) });
    world.time.step(1000);
    isRefused(await puppet(world).tryEnrol(enrolment(short)), 401, /expired/);
    const revoked = await world.enrolmentToken({ id: 'revoked-token' });
    await world.store.revokeEnrolmentToken(TENANT, 'revoked-token', instantFrom(world.time.wall()));
    isRefused(await puppet(world).tryEnrol(enrolment(revoked)), 401, /revoked/);
    isRefused(await puppet(world).tryEnrol(enrolment('unknown')), 401, /unknown/);
    assert.equal(succeeded<{ value: unknown[] }>(await world.get('/api/machines')).value.length, 2);
  });

  test('known hardware with a general token is a new machine that is marked', async () => {
    await using world = await startWorld();
    const first = await world.device();
    await world.restrict(first.machineId);
    const second = await world.device();
    assert.notEqual(second.machineId, first.machineId);
    const machine = succeeded<WireMachine>(await world.get(`/api/machines/${second.machineId}`));
    assert.equal(machine.isPotentialDuplication, true);
    const { answer } = await second.exchange();
    assert.deepEqual(answer?.desired, [], 'nothing is wanted of the new one');
    assert.notEqual((await first.exchange()).answer, null, 'and the old one keeps its key');
  });

  test('no hostile body enrols anything', async () => {
    await using world = await startWorld();
    const token = await world.enrolmentToken();
    const good = enrolment(token);
    const bodies: unknown[] = [
      'not json',
      '',
      'null',
      '[]',
      '{"__proto__":{}}',
      {},
      { ...good, token: 5 },
      { ...good, token: 'x'.repeat(5000) },
      { ...good, facts: null },
      { ...good, facts: { ...good.facts, computerDnsName: '' } },
      { ...good, facts: { ...good.facts, computerDnsName: 'a\0b' } },
      { ...good, facts: { ...good.facts, computerDnsName: 'x'.repeat(300) } },
      { ...good, facts: { ...good.facts, ipAddresses: Array(200).fill(good.facts.ipAddresses[0]) } },
      { ...good, facts: { ...good.facts, drivers: [{ control: 'network', driver: 'x', version: null }] } },
      { ...good, replaces: { machineId: 'x', signature: 'y' } },
    ];
    for (const body of bodies) {
      const { status } = await puppet(world).tryEnrol(body);
      assert.equal(status, 400, JSON.stringify(body).slice(0, 200));
    }
    const huge = await puppet(world).tryEnrol({ ...good, extra: 'x'.repeat(100_000) });
    assert.equal(huge.status, 413);
    assert.deepEqual(succeeded<{ value: unknown[] }>(await world.get('/api/machines')).value, []);
    await puppet(world).enrol({ token });
  });
});

describe('a key is replaced', () => {
  /** A restricted machine with a release under way, and its new key. */
  async function underWay(world: World) {
    const old = await world.device();
    const restricted = await world.restrict(old.machineId);
    await old.obey();
    const release = await world.unrestrict(old.machineId);
    await old.accept(await old.next());
    return { old, restricted, release, key: newKeyPair() };
  }

  test('with the old key’s signature: open actions end as reenrolled, and the desired mode is kept', async () => {
    await using world = await startWorld();
    const { old, restricted, release, key } = await underWay(world);
    const before = (await world.state(old.machineId)).control;
    const fresh = createPuppetDevice({ serverUrl: world.url, key });
    const replaces = { machineId: old.machineId, signature: old.signReplacement(key.publicKey) };
    const answer = await fresh.enrol({ token: '-', facts: deviceFacts(), replaces });
    assert.equal(answer.machineId, old.machineId);
    const ended = await world.action(release.id);
    assert.equal(ended.status, 'Failed');
    const last = (await world.history(release.id)).at(-1);
    assert.deepEqual([last?.cause, last?.actor.kind], ['reenrolled', 'server']);
    assert.equal((await world.action(restricted.id)).status, 'Succeeded', 'what was over stays');
    const { control } = await world.state(old.machineId);
    assert.deepEqual(
      [control.mode, control.generation, control.actionId],
      [before.mode, before.generation, before.actionId],
    );
    const refusedOld = await old.exchange();
    assert.equal(refusedOld.status, 401);
    assert.match(refusedOld.error?.message ?? '', /not of the key that this machine enrolled/);
    const order = await fresh.next();
    assert.deepEqual([order.mode, order.status], ['unrestricted', 'settled']);
    await fresh.prove(order);
    assert.equal((await world.state(old.machineId)).control.assurance, 'proven');
    assert.deepEqual(await world.action(release.id), ended, 'the action stays as it ended');
  });

  test('with a token bound to the machine, once', async () => {
    await using world = await startWorld();
    const { old, release, key } = await underWay(world);
    const body = { machine: 'ws-001.cordon.test' };
    const created = succeeded<{ token: string; machineId: string }>(
      await world.call('POST', '/cordon/v1/enrolmenttokens', { body }),
      201,
    );
    world.keepSecret(created.token);
    assert.equal(created.machineId, old.machineId);
    const fresh = createPuppetDevice({ serverUrl: world.url, key });
    assert.equal((await fresh.enrol({ token: created.token })).machineId, old.machineId);
    assert.equal((await world.action(release.id)).status, 'Failed');
    isRefused(await puppet(world).tryEnrol(enrolment(created.token)), 401, /used up/);
    assert.equal((await old.exchange()).status, 401);
    assert.notEqual((await fresh.exchange()).answer, null);
  });

  test('by nobody else: not with another key, another text, or a general token', async () => {
    await using world = await startWorld();
    const { old, release, key } = await underWay(world);
    const thief = await world.device('thief.cordon.test');
    const fresh = createPuppetDevice({ serverUrl: world.url, key });
    const good = old.signReplacement(key.publicKey);
    const signatures = [
      thief.signReplacement(key.publicKey),
      old.signReplacement(newKeyPair().publicKey),
      `${good.slice(0, -2)}${good.endsWith('AA') ? 'BA' : 'AA'}`,
    ];
    for (const signature of signatures) {
      const body = { ...enrolment('-', key.publicKey), replaces: { machineId: old.machineId, signature } };
      isRefused(await fresh.tryEnrol(body), 401, /not signed by the key that this machine enrolled/);
    }
    const unknown = { machineId: 'f'.repeat(40), signature: good };
    isRefused(await fresh.tryEnrol({ ...enrolment('-', key.publicKey), replaces: unknown }), 401, /./);
    assert.equal((await world.action(release.id)).status, 'InProgress');
    assert.notEqual((await old.exchange()).answer, null);
    refused(await world.get(`/api/machines/${'f'.repeat(40)}`), 'ResourceNotFound');
  });
});
