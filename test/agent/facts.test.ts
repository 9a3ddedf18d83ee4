import assert from 'node:assert/strict';
import test from 'node:test';
import { addresses, digestOf, fullName, linuxFacts, osRelease } from '../../src/agent/facts.ts';
import { checkDeviceFacts } from '../../src/contract/device-check.ts';
import { createStubDriver } from './kit.ts';

test('what this device says of itself is what the server takes', async () => {
  const driver = createStubDriver();
  const facts = await linuxFacts('0.1.0', [driver]);
  assert.deepEqual(checkDeviceFacts(JSON.parse(JSON.stringify(facts))), { ok: true, value: facts });
  assert.deepEqual(facts.drivers, [{ control: 'codeExecution', driver: 'stub', version: '1' }]);
  assert.equal(digestOf(facts), digestOf(await linuxFacts('0.1.0', [driver])), 'and the same the next time');
});

test('an enforcer whose version cannot be found out is named without one', async () => {
  const driver = { ...createStubDriver(), version: () => Promise.reject(new Error('broken')) };
  const { drivers } = await linuxFacts('0.1.0', [driver]);
  assert.equal(drivers[0]?.version, null);
});

test('the full name is the host’s own, or that of the hosts file', () => {
  const hosts =
    '127.0.0.1 localhost\n127.0.1.1\tWS-7.corp.test ws-7 # ws-7.wrong.test\n10.0.0.1 ws-8.corp.test';
  assert.equal(fullName('WS-7', hosts), 'ws-7.corp.test');
  assert.equal(fullName('ws-9', hosts), 'ws-9');
  assert.equal(fullName('ws-8', hosts), 'ws-8', 'a line that does not name the host is another’s');
  assert.equal(fullName('a.b.test', hosts), 'a.b.test');
});

test('the version is VERSION_ID, in any quotes', () => {
  assert.equal(osRelease('NAME="Debian"\nVERSION_ID="13"\n'), '13');
  assert.equal(osRelease("VERSION_ID='24.04'"), '24.04');
  assert.equal(osRelease('VERSION_ID=9.4'), '9.4');
  assert.equal(osRelease('NAME=Arch'), null);
});

test('addresses have the wire’s form, without link-local ones', () => {
  const common = { netmask: '', cidr: null };
  const found = addresses({
    lo: [{ ...common, address: '127.0.0.1', mac: '00:00:00:00:00:00', internal: true, family: 'IPv4' }],
    eth0: [
      { ...common, address: '10.2.0.4', mac: '02:00:5e:10:00:01', internal: false, family: 'IPv4' },
      {
        ...common,
        address: 'fe80::1',
        mac: '02:00:5e:10:00:01',
        internal: false,
        family: 'IPv6',
        scopeid: 2,
      },
    ],
    ib0: [
      { ...common, address: '10.3.0.4', mac: '80:00:02:08:fe:80:00:00', internal: false, family: 'IPv4' },
    ],
  });
  assert.deepEqual(found, [
    { ipAddress: '127.0.0.1', macAddress: null, type: 'SoftwareLoopback', operationalStatus: 'Up' },
    { ipAddress: '10.2.0.4', macAddress: '02005E100001', type: 'Ethernet', operationalStatus: 'Up' },
    { ipAddress: '10.3.0.4', macAddress: null, type: 'Ethernet', operationalStatus: 'Up' },
  ]);
});
