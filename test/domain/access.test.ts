import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { Requirement } from '../../src/contract/permissions.ts';
import { requirePermission, requireRole, visibleGroups } from '../../src/domain/access.ts';
import type { MachineGroup } from '../../src/domain/access-records.ts';
import type { Caller, UserCaller } from '../../src/domain/caller.ts';
import { makeGroup, makeRole } from '../kit/store.ts';

const requirement: Requirement = {
  application: ['Machine.Read.All', 'Machine.ReadWrite.All'],
  delegated: ['Machine.Read', 'Machine.ReadWrite'],
  role: 'View data',
};
const user = (change: Partial<UserCaller> = {}): UserCaller => ({
  kind: 'user',
  tenantId: 'tenant',
  principal: 'Ana@cordon.test',
  name: 'Ana',
  objectId: '0B1C',
  groups: ['Group-1'],
  permissions: [],
  administrator: false,
  ...change,
});
const application = (permissions: readonly string[]): Caller => ({
  kind: 'application',
  tenantId: 'tenant',
  id: 'id',
  name: 'name',
  permissions,
});

describe('permissions', () => {
  test('any one of the kind of caller is enough; the other kind’s is none', () => {
    for (const name of requirement.application)
      requirePermission(application(['User.Read.All', name]), requirement);
    for (const name of requirement.delegated) requirePermission(user({ permissions: [name] }), requirement);
    for (const names of [[], ['Machine.Read'], ['machine.read.all'], ['Machine.Read.All.More']]) {
      assert.throws(() => requirePermission(application(names), requirement), {
        code: 'Forbidden',
        message:
          'The application does not have any of the required application permissions (Machine.Read.All, Machine.ReadWrite.All) to access the resource.',
      });
    }
    for (const names of [[], ['Machine.Read.All'], ['machine.read']]) {
      assert.throws(() => requirePermission(user({ permissions: names }), requirement), {
        code: 'Forbidden',
      });
    }
  });
});

describe('roles', () => {
  const role = (principals: readonly string[]) => [makeRole({ permissions: ['View data'], principals })];

  test('hold by principal name, object id or group, in any letter case', () => {
    for (const name of ['ana@cordon.test', 'ANA@CORDON.TEST', '0b1c', 'group-1', 'GROUP-1'])
      requireRole(user(), 'View data', role(['somebody', name]));
  });

  test('do not hold for others, for other permissions, or by empty names', () => {
    const refusal = {
      code: 'Forbidden',
      message: 'The user does not have the required role permission (View data).',
    };
    assert.throws(() => requireRole(user(), 'View data', []), refusal);
    assert.throws(() => requireRole(user(), 'View data', role(['bob@cordon.test'])), refusal);
    assert.throws(() => requireRole(user({ objectId: '', groups: [''] }), 'View data', role([''])), refusal);
    const other = [makeRole({ permissions: ['Alerts investigation'], principals: ['ana@cordon.test'] })];
    assert.throws(() => requireRole(user(), 'View data', other), refusal);
  });

  test('are not asked for where the reference names none', () => requireRole(user(), null, []));
});

test('a user sees the machines of no group, of open groups and of the groups given; of no others', () => {
  const groups: MachineGroup[] = [
    { ...makeGroup({ principals: [] }), id: 1 },
    { ...makeGroup({ principals: ['bob@cordon.test'] }), id: 2 },
    { ...makeGroup({ principals: ['ANA@cordon.test'] }), id: 3 },
    { ...makeGroup({ principals: ['bob@cordon.test', 'group-1'] }), id: 4 },
  ];
  assert.deepEqual(visibleGroups(user(), groups), [0, 1, 3, 4]);
  assert.deepEqual(visibleGroups(user({ principal: 'eve', groups: [] }), groups), [0, 1]);
  assert.deepEqual(visibleGroups(user(), []), [0]);
});
