import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld } from '../kit/world.ts';

const OPERATIONS = [
  { operation: 'restrictCodeExecution', type: 'RestrictCodeExecution', mode: 'restricted' },
  { operation: 'unrestrictCodeExecution', type: 'UnrestrictCodeExecution', mode: 'unrestricted' },
] as const;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Reference, section 1: UTC, at most seven digits, no zero at the end. */
const WIRE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?Z$/;

for (const { operation, type, mode } of OPERATIONS) {
  test(`${operation} answers 201 with the whole action, and wants the device ${mode}`, async () => {
    await using world = await startWorld();
    const device = await world.device();
    const { machineId } = device;
    const reply = await world.call('POST', `/api/machines/${machineId}/${operation}`, {
      body: { Comment: 'ticket 8841: host rebuilt' },
    });
    const action = succeeded<WireMachineAction & { '@odata.context': string }>(reply, 201);
    assert.match(action.id, GUID);
    assert.match(action.creationDateTimeUtc, WIRE_TIME);
    assert.deepEqual(Object.entries(action), [
      ['@odata.context', `${world.url}/api/$metadata#MachineActions/$entity`],
      ['id', action.id],
      ['type', type],
      ['title', null],
      ['requestor', 'soar-connector'],
      ['requestorComment', 'ticket 8841: host rebuilt'],
      ['status', 'Pending'],
      ['machineId', machineId],
      ['computerDnsName', 'ws-001.cordon.test'],
      ['creationDateTimeUtc', action.creationDateTimeUtc],
      ['lastUpdateDateTimeUtc', action.creationDateTimeUtc],
      ['cancellationRequestor', null],
      ['cancellationComment', null],
      ['cancellationDateTimeUtc', null],
      ['errorHResult', 0],
      ['scope', null],
      ['externalId', null],
      ['requestSource', 'PublicApi'],
      ['relatedFileInfo', null],
      ['commands', []],
      ['troubleshootInfo', null],
    ]);
    assert.equal(reply.headers.get('location'), null);
    assert.deepEqual(await world.action(action.id), action);

    const { control } = await world.state(machineId);
    assert.deepEqual(control, {
      control: 'codeExecution',
      mode,
      assurance: 'changing',
      generation: 1,
      actionId: action.id,
      observedMode: null,
      observedAt: null,
      releaseAt: null,
      evidence: null,
    });
    const history = await world.history(action.id);
    assert.deepEqual(
      history.map(({ revision, status, cause, actor, evidence }) => [
        revision,
        status,
        cause,
        actor.kind,
        evidence,
      ]),
      [[1, 'Pending', 'requested', 'application', null]],
    );
    assert.deepEqual(await device.next(), {
      control: 'codeExecution',
      mode,
      generation: 1,
      actionId: action.id,
      status: 'active',
    });
  });
}

test('the path may have any letter case, the explicit version and a slash at its end; the context follows', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const paths = [
    [`/api/machines/${machineId}/unrestrictCodeExecution`, '/api/'],
    [`/API/Machines/${machineId.toUpperCase()}/UNRESTRICTCODEEXECUTION`, '/api/'],
    [`/api/v1.0/machines/${machineId}/unrestrictcodeexecution`, '/api/v1.0/'],
    [`/Api/V1.0/MACHINES/${machineId}/UnrestrictCodeExecution/`, '/api/v1.0/'],
  ] as const;
  for (const [path, base] of paths) {
    const reply = await world.call('POST', path, { body: { Comment: 'x' } });
    const action = succeeded<WireMachineAction & { '@odata.context': string }>(reply, 201);
    assert.equal(action['@odata.context'], `${world.url}${base}$metadata#MachineActions/$entity`);
    assert.equal(action.machineId, machineId);
    await world.cancel(action.id);
  }
});

test('a machine is named by its id, its directory id or its DNS name, in any letter case', async () => {
  await using world = await startWorld();
  const aadDeviceId = 'b1a7c0de-1111-4222-8333-444455556666';
  const { machineId } = await world.device('WS-042.Cordon.Test', { facts: { aadDeviceId } });
  const names = [machineId, machineId.toUpperCase(), aadDeviceId, aadDeviceId.toUpperCase()];
  for (const name of [...names, 'ws-042.cordon.test', 'WS-042.CORDON.TEST']) {
    const action = await world.restrict(name);
    assert.equal(action.machineId, machineId, name);
    assert.equal(action.computerDnsName, 'ws-042.cordon.test');
    await world.cancel(action.id);
    for (const tail of ['', '/machineactions']) succeeded(await world.get(`/api/machines/${name}${tail}`));
  }
});

test('an unknown or malformed machine is 404, and nothing is written', async () => {
  await using world = await startWorld();
  const unknown = '00000000000000000000000000000000deadbeef';
  const names = [unknown, 'no-such-machine', 'x', '%20', '..%2f..%2fetc%2fpasswd', 'é', '%F0%9F%92%A5'];
  for (const name of names) {
    for (const operation of ['restrictCodeExecution', 'unrestrictCodeExecution']) {
      const body = { Comment: 'x' };
      const reply = await world.call('POST', `/api/machines/${name}/${operation}`, { body });
      refused(reply, 'ResourceNotFound', `Machine ${decodeURIComponent(name)} was not found`);
    }
    refused(await world.get(`/api/machines/${name}`), 'ResourceNotFound');
    refused(await world.get(`/api/machines/${name}/machineactions`), 'ResourceNotFound');
  }
  const { value } = succeeded<{ value: unknown[] }>(await world.get('/api/machineactions'));
  assert.deepEqual(value, []);
});

test('one action of a control at a time: the same and the opposite are refused in the vendor’s words', async () => {
  await using world = await startWorld();
  const device = await world.device();
  const first = await world.restrict(device.machineId);
  const again = async () => {
    for (const { operation } of OPERATIONS) {
      const path = `/api/machines/${device.machineId}/${operation}`;
      const reply = await world.call('POST', path, { body: { Comment: 'second' } });
      refused(reply, 'ActiveRequestAlreadyExists', 'Action is already in progress');
      assert.match(reply.text, /"message":"Action is already in progress"/);
    }
  };
  await again();
  const order = await device.next();
  await device.accept(order);
  assert.equal((await world.action(first.id)).status, 'InProgress');
  await again();
  assert.equal((await world.state(device.machineId)).control.generation, 1, 'a refusal raises nothing');
  assert.equal((await world.history(first.id)).length, 2);
  await device.prove(order);
  const second = await world.unrestrict(device.machineId);
  assert.equal((await world.state(device.machineId)).control.generation, 2);
  const list = succeeded<{ value: WireMachineAction[] }>(await world.get('/api/machineactions'));
  assert.deepEqual(
    list.value.map(({ id }) => id),
    [second.id, first.id],
    'newest first, and nothing of the refused ones',
  );
});

test('another machine is not held up by an active action', async () => {
  await using world = await startWorld();
  const [one, other] = [await world.device('ws-001.cordon.test'), await world.device('ws-002.cordon.test')];
  await world.restrict(one.machineId);
  assert.equal((await world.restrict(other.machineId)).status, 'Pending');
});

test('what a machine cannot do is refused before anything is written', async () => {
  await using world = await startWorld();
  const old = await world.device('old.cordon.test', { facts: { osPlatform: 'Windows10', osBuild: 16_298 } });
  const enough = await world.device('win.cordon.test', {
    facts: { osPlatform: 'Windows10', osBuild: 16_299 },
  });
  const bare = await world.device('mac.cordon.test', { facts: { osPlatform: 'macOS', drivers: [] } });
  const ask = (machine: string, operation: string) =>
    world.call('POST', `/api/machines/${machine}/${operation}`, { body: { Comment: 'x' } });
  refused(
    await ask(old.machineId, 'restrictCodeExecution'),
    'ClientVersionNotSupported',
    'Restrict code execution is supported on client version 1709 and above.',
  );
  refused(
    await ask(old.machineId, 'unrestrictCodeExecution'),
    'ClientVersionNotSupported',
    'Unrestrict code execution is supported on client version 1709 and above.',
  );
  refused(
    await ask(bare.machineId, 'unrestrictCodeExecution'),
    'OsPlatformNotSupported',
    "OS Platform macOS isn't supported for this action.",
  );
  succeeded(await ask(enough.machineId, 'restrictCodeExecution'), 201);
  for (const { machineId } of [old, bare])
    assert.deepEqual(await world.store.controls(old.tenantId, machineId), []);
});

test('ExternalId is kept and answered', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const path = `/api/machines/${machineId}/restrictCodeExecution`;
  const body = { Comment: 'x', ExternalId: 'SIR-0001 ü' };
  const action = succeeded<WireMachineAction>(await world.call('POST', path, { body }), 201);
  assert.equal(action.externalId, 'SIR-0001 ü');
  await world.cancel(action.id);
  const none = { Comment: 'x', ExternalId: null };
  assert.equal(
    succeeded<WireMachineAction>(await world.call('POST', path, { body: none }), 201).externalId,
    null,
  );
});
