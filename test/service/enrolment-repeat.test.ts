import assert from 'node:assert/strict';
import test from 'node:test';
import { createPuppetDevice } from '../kit/device.ts';
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
