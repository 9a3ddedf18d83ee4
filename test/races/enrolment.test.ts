import assert from 'node:assert/strict';
import test from 'node:test';
import { createPuppetDevice, deviceFacts, newKeyPair } from '../kit/device.ts';
import { startWorld } from '../kit/world.ts';

const enrolment = (token: string, name: string) => ({
  protocol: 1,
  token,
  publicKey: newKeyPair().publicKey,
  facts: deviceFacts(name),
});

test('a token of one use, presented many times at once, enrols one machine', async () => {
  await using world = await startWorld();
  const puppet = createPuppetDevice({ serverUrl: world.url });
  for (let round = 1; round <= 5; round += 1) {
    const token = await world.enrolmentToken();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        puppet.tryEnrol(enrolment(token, `ws-${round}-${number}.cordon.test`)),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array<number>(19).fill(401)]);
    const { value } = (await world.get('/api/machines')).json<{ value: unknown[] }>();
    assert.equal(value.length, round);
  }
});

test('a token of many uses enrols as many as it says', async () => {
  await using world = await startWorld();
  const puppet = createPuppetDevice({ serverUrl: world.url });
  const token = await world.enrolmentToken({ usesLeft: 7 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, number) => puppet.tryEnrol(enrolment(token, `ws-${number}.cordon.test`))),
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, 7);
});

test('of two keys that replace one machine’s at once, one holds and the other is told', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const action = await world.restrict(device.machineId);
  const keys = [newKeyPair(), newKeyPair()];
  const answers = await Promise.all(
    keys.map(({ publicKey }) =>
      device.tryEnrol({
        ...enrolment('-', 'ws-001.cordon.test'),
        publicKey,
        replaces: { machineId: device.machineId, signature: device.signReplacement(publicKey) },
      }),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 401]);
  const winner = keys[answers.findIndex(({ status }) => status === 201)]!;
  assert.equal((await world.store.device(device.machineId))?.publicKey, winner.publicKey);
  const history = await world.history(action.id);
  assert.deepEqual(
    history.map(({ cause }) => cause),
    ['requested', 'reenrolled'],
  );
});
