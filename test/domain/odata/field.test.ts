import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { filterText } from '../../../src/domain/odata/filter-text.ts';
import type { Query } from '../../../src/domain/query.ts';
import { actionQuery, machineQuery } from '../../kit/odata.ts';

/** Queries of the reference (sections 10 and 15), undecoded, with the filter that must come of them. */
const ACTIONS: readonly (readonly [string, string])[] = [
  [
    "$filter=machineId%20eq%20'0a1b2c3d4e5f60718293a4b5c6d7e8f901234567'&$top=2",
    "machineId eq '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567'",
  ],
  [
    "$filter=requestor%20eq%20'ana@example.test'%20and%20type%20eq%20'RunAntiVirusScan'",
    "requestor eq 'ana@example.test' and type eq 'RunAntiVirusScan'",
  ],
  [
    "$filter=status+eq+'Pending'+and+creationDateTimeUtc+ge+2026-03-01T00:00:00Z&$skip=50&$top=50",
    "status eq 'Pending' and creationDateTimeUtc ge 2026-03-01T00:00:00.0000000Z",
  ],
  ['%24filter=status%20eq%20%27Pending%27', "status eq 'Pending'"],
  ["$filter=Status eq 'Pending' AND MachineId eq 'ABCDEF'", "status eq 'Pending' and machineId eq 'abcdef'"],
  ["$filter=type in ('Isolate', 'Unisolate')", "type in ('Isolate', 'Unisolate')"],
  ["$filter=type+in+('Isolate','Unisolate')", "type in ('Isolate', 'Unisolate')"],
  ["$filter=status in('Pending','InProgress')", "status in ('Pending', 'InProgress')"],
  ['$filter=creationDateTimeUtc gt 2026-03-01Z', 'creationDateTimeUtc gt 2026-03-01T00:00:00.0000000Z'],
  ['$filter=creationDateTimeUtc gt 2026-03-01', 'creationDateTimeUtc gt 2026-03-01T00:00:00.0000000Z'],
  [
    "$filter=creationDateTimeUtc gt '2026-03-01T00:00:00Z'",
    'creationDateTimeUtc gt 2026-03-01T00:00:00.0000000Z',
  ],
  ['$filter=id eq 3D0C8B52-6a41-4f0e-9a57-0c1d2e3f4a5b', 'id eq 3d0c8b52-6a41-4f0e-9a57-0c1d2e3f4a5b'],
];

const MACHINES: readonly (readonly [string, string])[] = [
  ["$filter=startswith(computerDnsName,'ws-')", "startswith(computerDnsName, 'ws-')"],
  ["$filter=healthStatus+ne+'Active'&$top=100", "healthStatus ne 'Active'"],
  [
    '$filter=aadDeviceId eq b1a7c0de-1111-4222-8333-444455556666',
    'aadDeviceId eq b1a7c0de-1111-4222-8333-444455556666',
  ],
  [
    "$filter=aadDeviceId eq 'B1A7C0DE-1111-4222-8333-444455556666'",
    'aadDeviceId eq b1a7c0de-1111-4222-8333-444455556666',
  ],
  ["$filter=machineTags/any(tag: tag eq 'lab')", "machineTags/any(t: t eq 'lab')"],
  ["$filter=onboardingstatus eq 'onboarded'", "onboardingStatus eq 'Onboarded'"],
  ["$filter=rbacGroupId eq '12'", 'rbacGroupId eq 12'],
  [
    "$filter=LastSeen gt 2026-03-01T00:00:00Z and OsPlatform eq 'Windows10'",
    "lastSeen gt 2026-03-01T00:00:00.0000000Z and osPlatform eq 'Windows10'",
  ],
  [
    "$filter=riskScore eq 'high' and exposureLevel eq 'HIGH' and deviceValue eq 'High'",
    "riskScore eq 'High' and exposureLevel eq 'High' and deviceValue eq 'High'",
  ],
  [
    "$filter=lastIpAddress eq '10.20.0.42' and version eq '22H2'",
    "lastIpAddress eq '10.20.0.42' and version eq '22H2'",
  ],
  [
    "$filter=id eq '0A1B2C3D4E5F60718293A4B5C6D7E8F901234567'",
    "id eq '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567'",
  ],
];

const printed = (query: Query): string | null => query.filter && filterText(query.filter);

describe('what clients in the field send on machineactions is understood', () => {
  for (const [raw, expected] of ACTIONS) test(raw, () => assert.equal(printed(actionQuery(raw)), expected));
});

describe('what clients in the field send on machines is understood', () => {
  for (const [raw, expected] of MACHINES) test(raw, () => assert.equal(printed(machineQuery(raw)), expected));
});

test('every property that the reference lists as filterable is', () => {
  const actions = ['id', 'status', 'machineId', 'type', 'requestor', 'creationDateTimeUtc'];
  const machines = [
    'computerDnsName',
    'id',
    'version',
    'deviceValue',
    'aadDeviceId',
    'lastSeen',
    'exposureLevel',
  ];
  const moreMachines = [
    'onboardingStatus',
    'lastIpAddress',
    'healthStatus',
    'osPlatform',
    'riskScore',
    'rbacGroupId',
  ];
  for (const name of actions)
    assert.equal(printed(actionQuery(`$filter=${name} ne null`)), `${name} ne null`);
  for (const name of [...machines, ...moreMachines]) {
    assert.equal(printed(machineQuery(`$filter=${name} ne null`)), `${name} ne null`);
  }
  assert.equal(printed(machineQuery('$filter=machineTags/any()')), 'machineTags/any()');
});

test('paging as connectors do it is understood', () => {
  const query = actionQuery(
    '$top=10000&$skip=0&$count=true&$orderby=creationDateTimeUtc desc&client-request-id=7',
  );
  assert.deepEqual(
    { top: query.top, topGiven: query.topGiven, skip: query.skip, count: query.count },
    { top: 10_000, topGiven: true, skip: 0, count: true },
  );
  assert.deepEqual(
    query.orderBy.map(({ property, descending }) => [property.name, descending]),
    [['creationDateTimeUtc', true]],
  );
});

test('no query at all asks for the first page of everything in the own order', () => {
  assert.deepEqual(actionQuery(''), {
    filter: null,
    orderBy: [],
    top: 1000,
    topGiven: false,
    skip: 0,
    select: null,
    count: false,
    after: null,
  });
});
