import assert from 'node:assert/strict';
import test from 'node:test';
import type { EnrolAnswer } from '../../src/contract/device.ts';
import { createPuppetDevice, deviceFacts, newKeyPair } from '../kit/device.ts';
import { startWorld } from '../kit/world.ts';

test('a device whose answer was lost repeats its enrolment with the used-up token and gets the same machine', async () => {
  await using world = await startWorld();
  const token = await world.enrolmentToken();
  const device = createPuppetDevice({ serverUrl: world.url });
  const first = await device.enrol({ token });
  const again = await device.enrol({ token });
  assert.equal(again.machineId, first.machineId);
  assert.equal((await world.get('/api/machines')).json<{ value: object[] }>().value.length, 1);
  await device.exchange({ waitSeconds: 0 });
});

test('another device is refused with the used-up token, and with a revoked one even the same device', async () => {
  await using world = await startWorld();
  const token = await world.enrolmentToken();
  const device = createPuppetDevice({ serverUrl: world.url });
  await device.enrol({ token });
  await assert.rejects(createPuppetDevice({ serverUrl: world.url }).enrol({ token }), /401|Unauthorized/);
  const [record] = (await world.get('/cordon/v1/enrolmenttokens')).json<{ value: { id: string }[] }>().value;
  assert.equal((await world.call('DELETE', `/cordon/v1/enrolmenttokens/${record?.id}`)).status, 204);
  await assert.rejects(device.enrol({ token }), /401|Unauthorized/);
});

test('a device that replaced its key and lost the answer repeats it and gets the same machine, once', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  const key = newKeyPair();
  const request = {
    protocol: 1,
    token: '-',
    publicKey: key.publicKey,
    facts: deviceFacts('ws-001.cordon.test'),
    replaces: { machineId: device.machineId, signature: device.signReplacement(key.publicKey) },
  };
  assert.equal((await device.tryEnrol(request)).status, 201, 'whose answer is lost');
  const { status, body } = await device.tryEnrol(request);
  assert.equal(status, 201);
  const enrolled = body as EnrolAnswer;
  assert.equal(enrolled.machineId, device.machineId);
  const causes = (await world.history(action.id)).map(({ cause }) => cause);
  assert.deepEqual(causes, ['requested', 'reenrolled']);
  const renewed = createPuppetDevice({ serverUrl: world.url, key, enrolled });
  await world.restrict(device.machineId);
  await renewed.obey();
  const stranger = { ...request, publicKey: newKeyPair().publicKey };
  assert.equal((await device.tryEnrol(stranger)).status, 401, 'the old key replaces nothing any more');
});
