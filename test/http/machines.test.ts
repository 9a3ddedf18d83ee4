import assert from 'node:assert/strict';
import test from 'node:test';
import type { WireMachine } from '../../src/contract/machine.ts';
import { refused, succeeded } from '../kit/reply.ts';
import { startWorld, type World } from '../kit/world.ts';

const AT = '2026-03-02T09:15:20Z';
const address = (ipAddress: string, macAddress: string | null = '02005E100001') => ({
  ipAddress,
  macAddress,
  type: macAddress === null ? 'SoftwareLoopback' : 'Ethernet',
  operationalStatus: 'Up',
});

test('a machine has every property, in the wire’s order', async () => {
  await using world = await startWorld();
  const aadDeviceId = 'B1A7C0DE-1111-4222-8333-444455556666';
  const { machineId } = await world.device('WS-042.cordon.test', {
    facts: {
      aadDeviceId,
      ipAddresses: [address('127.0.0.1', null), address('10.20.0.42')],
      osPlatform: 'Windows11',
      osVersion: null,
      version: '23H2',
      osBuild: 22_631,
    },
  });
  for (const base of ['/api', '/api/v1.0']) {
    const machine = succeeded<WireMachine>(await world.get(`${base}/machines/${machineId}`));
    const { firstSeen, lastSeen } = machine;
    assert.match(firstSeen, /^2026-03-02T09:15:20/);
    assert.match(lastSeen, /^2026-03-02T09:15:20/);
    assert.deepEqual(Object.entries(machine), [
      ['@odata.context', `${world.url}${base}/$metadata#Machines/$entity`],
      ['id', machineId],
      ['mergedIntoMachineId', null],
      ['isPotentialDuplication', false],
      ['isExcluded', false],
      ['exclusionReason', null],
      ['computerDnsName', 'ws-042.cordon.test'],
      ['firstSeen', firstSeen],
      ['lastSeen', lastSeen],
      ['osPlatform', 'Windows11'],
      ['osVersion', null],
      ['osProcessor', 'x64'],
      ['version', '23H2'],
      ['lastIpAddress', '10.20.0.42'],
      ['lastExternalIpAddress', '127.0.0.1'],
      ['agentVersion', '0.1.0'],
      ['osBuild', 22_631],
      ['healthStatus', 'Active'],
      ['deviceValue', 'Normal'],
      ['rbacGroupId', 0],
      ['rbacGroupName', null],
      ['riskScore', 'None'],
      ['exposureLevel', 'None'],
      ['isAadJoined', true],
      ['aadDeviceId', aadDeviceId.toLowerCase()],
      ['machineTags', []],
      ['onboardingStatus', 'Onboarded'],
      ['osArchitecture', '64-bit'],
      ['managedBy', 'Unknown'],
      ['managedByStatus', 'Unknown'],
      ['ipAddresses', [address('127.0.0.1', null), address('10.20.0.42')]],
      ['vmMetadata', null],
    ]);
    const list = succeeded<{ '@odata.context': string; value: WireMachine[] }>(
      await world.get(`${base}/machines`),
    );
    assert.deepEqual(Object.keys(list), ['@odata.context', 'value']);
    assert.equal(list['@odata.context'], `${world.url}${base}/$metadata#Machines`);
    const { '@odata.context': _, ...entity } = machine as WireMachine & { '@odata.context': string };
    assert.deepEqual(list.value, [entity], 'entities of a collection have no context of their own');
    assert.deepEqual(Object.keys(list.value[0]!), Object.keys(entity));
  }
});

test('without machines the list is empty, not 404', async () => {
  await using world = await startWorld();
  const reply = await world.get('/api/machines');
  assert.deepEqual(succeeded(reply), { '@odata.context': `${world.url}/api/$metadata#Machines`, value: [] });
});

test('HEAD answers as GET does, without a body; other methods are 405 with Allow', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device();
  const { id } = await world.restrict(machineId);
  const reads = [
    '/api/machines',
    `/api/machines/${machineId}`,
    `/api/machines/${machineId}/machineactions`,
    '/api/machineactions',
    `/api/v1.0/machineactions/${id}`,
    '/api/alerts',
  ];
  for (const path of reads) {
    const [head, get] = [await world.call('HEAD', path), await world.get(path)];
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    for (const name of ['content-type', 'content-length', 'odata-version'])
      assert.equal(head.headers.get(name), get.headers.get(name), name);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const reply = await world.call(method, path, { token: null });
      refused(reply, 'MethodNotAllowed', new RegExp(`^The method ${method} is not allowed here`));
      assert.equal(reply.headers.get('allow'), 'GET, HEAD');
    }
  }
  const writes = [
    `/api/machines/${machineId}/restrictCodeExecution`,
    `/api/v1.0/machines/${machineId}/UNRESTRICTCODEEXECUTION`,
    `/api/machines/${machineId}/tags`,
    `/api/machineactions/${id}/cancel`,
  ];
  for (const path of writes) {
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const reply = await world.call(method, path);
      assert.equal(reply.status, 405);
      assert.equal(reply.headers.get('allow'), 'POST');
      if (method !== 'HEAD') refused(reply, 'MethodNotAllowed');
    }
  }
});

test('an address that does not exist is 404, with and without a token', async () => {
  await using world = await startWorld();
  for (const path of [
    '/nothing',
    '/api',
    '/api/',
    '/api/nothing',
    '/api/v2.0/machines',
    '/api/machines/a/b/c',
    '/x?y=1',
  ]) {
    for (const token of [world.full, null]) {
      const reply = await world.call('GET', path, { token });
      refused(reply, 'NotFound', `There is nothing at GET ${path.split('?')[0]}.`);
    }
  }
});

const found = async (world: World, path: string) =>
  succeeded<{ value: WireMachine[] }>(await world.get(path)).value.map(
    ({ computerDnsName }) => computerDnsName,
  );

test('findbyip finds by internal address around a time, its two arguments in any order and form', async () => {
  await using world = await startWorld();
  await world.device('one.cordon.test', {
    facts: { ipAddresses: [address('10.0.0.1'), address('10.0.0.2')] },
  });
  await world.device('two.cordon.test', {
    facts: { ipAddresses: [address('10.0.0.2'), address('fd00::1')] },
  });
  const forms = [
    `findbyip(ip='10.0.0.1',timestamp=${AT})`,
    `findbyip(ip='10.0.0.1', timestamp=${AT})`,
    `FindByIp(timestamp=${AT},ip='10.0.0.1')`,
    `findbyip(ip=%2710.0.0.1%27,timestamp=${encodeURIComponent(AT)})`,
    `findbyip%28ip%3D%2710.0.0.1%27%2Ctimestamp%3D${encodeURIComponent(AT)}%29`,
    `findbyip(ip='10.0.0.1',timestamp=2026-03-02T09:20:20.3312801Z)`,
    `findbyip(ip='10.0.0.1',timestamp='${AT}')`,
  ];
  for (const form of forms)
    assert.deepEqual(await found(world, `/api/machines/${form}`), ['one.cordon.test'], form);
  const both = await found(world, `/api/machines/findbyip(ip='10.0.0.2',timestamp=${AT})`);
  assert.deepEqual(both.sort(), ['one.cordon.test', 'two.cordon.test']);
  for (const ip of ['fd00::1', 'FD00::1'])
    assert.deepEqual(await found(world, `/api/machines/findbyip(ip='${ip}',timestamp=${AT})`), [
      'two.cordon.test',
    ]);
  assert.deepEqual(await found(world, `/api/machines/findbyip(ip='10.9.9.9',timestamp=${AT})`), []);
});

test('findbyip counts 15 minutes around the time and goes back 30 days', async () => {
  await using world = await startWorld();
  await world.device('one.cordon.test', { facts: { ipAddresses: [address('10.0.0.1')] } });
  const at = (time: string) => `/api/machines/findbyip(ip='10.0.0.1',timestamp=${time})`;
  assert.deepEqual(await found(world, at('2026-03-02T09:00:21Z')), ['one.cordon.test']);
  assert.deepEqual(await found(world, at('2026-03-02T09:00:19Z')), []);
  assert.deepEqual(await found(world, at('2026-03-02T09:30:19Z')), ['one.cordon.test']);
  refused(await world.get(at('2026-01-31T09:15:19Z')), 'InvalidInput', /within the last 30 days/);
  refused(await world.get(at('2026-03-03T09:15:19Z')), 'InvalidInput', /within the last 30 days/);
  for (const time of ['yesterday', '2026-13-01T00:00:00Z', '5'])
    refused(await world.get(at(time)), 'InvalidInput', /Invalid input timestamp/);
  for (const ip of ['10.0.0', '10.0.0.256', 'host', '10.0.0.1/24'])
    refused(
      await world.get(`/api/machines/findbyip(ip='${encodeURIComponent(ip)}',timestamp=${AT})`),
      'InvalidIpAddress',
    );
  for (const [path, name] of [
    [`findbyip(timestamp=${AT})`, 'ip'],
    [`findbyip(ip='10.0.0.1')`, 'timestamp'],
    ['findbyip()', 'ip'],
    [`findbyip(ip='',timestamp=${AT})`, 'ip'],
  ] as const) {
    refused(
      await world.get(`/api/machines/${path}`),
      'MissingRequiredParameter',
      `Parameter ${name} is missing.`,
    );
  }
});

test('tags are added and removed; findbytag finds by the whole tag or its beginning', async () => {
  await using world = await startWorld();
  const { machineId } = await world.device('one.cordon.test');
  await world.device('two.cordon.test');
  const tag = (Value: string, Action: string, name = machineId) =>
    world.call('POST', `/api/machines/${name}/tags`, { body: { Value, Action } });
  const tagged = succeeded<WireMachine & { '@odata.context': string }>(await tag('lab east', 'Add'));
  assert.equal(tagged['@odata.context'], `${world.url}/api/$metadata#Machines/$entity`);
  assert.deepEqual(tagged.machineTags, ['lab east']);
  assert.deepEqual(succeeded<WireMachine>(await tag('lab east', 'Add')).machineTags, ['lab east']);
  succeeded(await tag('Ünï %_\\', 'Add', 'one.cordon.test'));
  const by = (query: string) => found(world, `/api/machines/findbytag?${query}`);
  assert.deepEqual(await by('tag=lab+east'), ['one.cordon.test']);
  assert.deepEqual(await by('tag=lab%20east&useStartsWithFilter=false'), ['one.cordon.test']);
  assert.deepEqual(await by('Tag=lab&UseStartsWithFilter=TRUE'), ['one.cordon.test']);
  assert.deepEqual(await by('tag=lab'), []);
  assert.deepEqual(await by(`tag=${encodeURIComponent('Ünï %_\\')}`), ['one.cordon.test']);
  assert.deepEqual(await by('tag=%25&useStartsWithFilter=true'), []);
  assert.deepEqual(succeeded<WireMachine>(await tag('lab east', 'Remove')).machineTags, ['Ünï %_\\']);
  succeeded(await tag('never there', 'Remove'));
  refused(
    await world.get('/api/machines/findbytag'),
    'MissingRequiredParameter',
    'Parameter tag is missing.',
  );
  refused(await world.get('/api/machines/findbytag?tag='), 'MissingRequiredParameter');
  for (const flag of ['yes', '1', 'constructor', '__proto__'])
    refused(await world.get(`/api/machines/findbytag?tag=a&useStartsWithFilter=${flag}`), 'InvalidInput');
  refused(await tag('', 'Add'), 'MissingRequiredParameter', 'Parameter Value is missing.');
  refused(await tag(' ', 'Add'), 'MissingRequiredParameter');
  refused(await tag('x'.repeat(201), 'Add'), 'InvalidInput', /At most 200 characters/);
  succeeded(await tag('x'.repeat(200), 'Add'));
  refused(await tag('a', 'add'), 'InvalidInput', /Add, Remove/);
  refused(await tag('a', 'Add', 'nobody'), 'ResourceNotFound');
  const post = (body: unknown) => world.call('POST', `/api/machines/${machineId}/tags`, { body });
  refused(await post({ Value: 'a' }), 'MissingRequiredParameter', 'Parameter Action is missing.');
  refused(await post({ Action: 'Add' }), 'MissingRequiredParameter', 'Parameter Value is missing.');
  refused(await post({ Value: 5, Action: 'Add' }), 'InvalidRequestBody');
  refused(await post({ Value: 'a', Action: 5 }), 'InvalidRequestBody');
  refused(await post({ Value: 'a', Action: 'Add', Tags: [] }), 'InvalidRequestBody');
});

test('a machine’s own actions are listed, newest first, and no other’s', async () => {
  await using world = await startWorld();
  const [one, other] = [await world.device('one.cordon.test'), await world.device('two.cordon.test')];
  const first = await world.restrict(one.machineId);
  await one.obey();
  await world.restrict(other.machineId);
  const second = await world.unrestrict(one.machineId);
  const path = `/api/machines/${one.machineId}/machineactions`;
  const list = succeeded<{ '@odata.context': string; value: { id: string }[] }>(await world.get(path));
  assert.equal(list['@odata.context'], `${world.url}/api/$metadata#MachineActions`);
  assert.deepEqual(
    list.value.map(({ id }) => id),
    [second.id, first.id],
  );
  const narrowed = succeeded<{ value: { id: string }[] }>(
    await world.get(`${path}?$filter=status eq 'Succeeded'`),
  );
  assert.deepEqual(
    narrowed.value.map(({ id }) => id),
    [first.id],
  );
});

test('alerts are an empty collection', async () => {
  await using world = await startWorld();
  for (const query of ['', '?$top=1', '?$filter=alertCreationTime gt 2026-03-01&$expand=evidence']) {
    const body = succeeded(await world.get(`/api/alerts${query}`));
    assert.deepEqual(body, { '@odata.context': `${world.url}/api/$metadata#Alerts`, value: [] });
  }
});
