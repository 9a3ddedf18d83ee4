import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import {
  APPLICATION_PERMISSIONS,
  DELEGATED_PERMISSIONS,
  ROLE_PERMISSIONS,
} from '../../src/contract/permissions.ts';
import { delegatedPermissions } from '../../src/service/tokens/issue.ts';
import { refused } from '../kit/reply.ts';
import { startWorld, type World } from '../kit/world.ts';

const READ = ['Machine.Read.All', 'Machine.ReadWrite.All'];
const READ_USER = ['Machine.Read', 'Machine.ReadWrite'];
const SEVEN = [
  'Machine.CollectForensics',
  'Machine.Isolate',
  'Machine.RestrictExecution',
  'Machine.Scan',
  'Machine.Offboard',
  'Machine.StopAndQuarantine',
  'Machine.LiveResponse',
];
const view = { application: READ, delegated: READ_USER, role: 'View data' };
const restrict = {
  application: ['Machine.RestrictExecution'],
  delegated: ['Machine.RestrictExecution'],
  role: 'Active remediation actions',
};

/** The reference's tables 2.1, 2.2 and 5.1, written down again. */
const REFERENCE: Readonly<Record<string, { application: string[]; delegated: string[]; role: string }>> = {
  restrictCodeExecution: restrict,
  unrestrictCodeExecution: restrict,
  listMachineActions: view,
  getMachineAction: view,
  countMachineActions: view,
  cancelMachineAction: { application: SEVEN, delegated: SEVEN, role: 'Active remediation actions' },
  listMachines: view,
  getMachine: view,
  countMachines: view,
  countActionsOfMachine: view,
  listActionsOfMachine: view,
  findMachinesByIp: view,
  findMachinesByTag: view,
  changeMachineTags: {
    application: ['Machine.ReadWrite.All'],
    delegated: ['Machine.ReadWrite'],
    role: 'Manage security settings',
  },
  listAlerts: {
    application: ['Alert.Read.All', 'Alert.ReadWrite.All'],
    delegated: ['Alert.Read', 'Alert.ReadWrite'],
    role: 'View data',
  },
};

/** All but the one whose answer does not end; test/http/console/events.test.ts has its refusals. */
const operations: Operation[] = Object.values<Operation>(OPERATIONS).filter(
  ({ id }) => id !== 'listenToChanges',
);

/** The call with a body that says nothing wrong, on what need not exist. */
function ask(world: World, operation: Operation, token: string) {
  const base = operation.base === 'vendor' ? '/api' : '/cordon/v1';
  const path = operation.path
    .replace('(:arguments)', "(ip='10.0.0.1',timestamp=2026-03-02T09:00:00Z)")
    .replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000');
  const body = operation.body === null ? {} : { body: {} };
  return world.call(operation.method, `${base}${path}`, { token, ...body });
}

describe('permissions', () => {
  test('the vendor’s operations need what the reference says', () => {
    const vendor = operations.filter(({ base }) => base === 'vendor');
    assert.deepEqual(Object.fromEntries(vendor.map(({ id, requirement }) => [id, requirement])), REFERENCE);
  });

  test('of an application: each that the operation names opens it, and no other does', async () => {
    await using world = await startWorld();
    const tokens = new Map<string, string>();
    for (const name of APPLICATION_PERMISSIONS) tokens.set(name, await world.application([name]));
    for (const operation of operations) {
      const accepted: readonly string[] = operation.requirement.application;
      for (const [name, token] of tokens) {
        const reply = await ask(world, operation, token);
        if (accepted.includes(name)) assert.notEqual(reply.status, 403, `${operation.id} with ${name}`);
        else {
          const named = `The application does not have any of the required application permissions (${accepted.join(', ')}) to access the resource.`;
          refused(reply, 'Forbidden', named);
        }
      }
    }
  });

  test('of a user: each that the operation names opens it, and no other does', async () => {
    await using world = await startWorld();
    const tokens = new Map<string, string>();
    for (const name of APPLICATION_PERMISSIONS) {
      const token = await world.user(`${name}@cordon.test`, { permissions: [name], role: ROLE_PERMISSIONS });
      tokens.set(delegatedPermissions([name])[0]!, token);
    }
    assert.deepEqual([...tokens.keys()].sort(), [...DELEGATED_PERMISSIONS].sort());
    for (const operation of operations) {
      const accepted: readonly string[] = operation.requirement.delegated;
      for (const [name, token] of tokens) {
        const reply = await ask(world, operation, token);
        if (accepted.includes(name)) assert.notEqual(reply.status, 403, `${operation.id} with ${name}`);
        else refused(reply, 'Forbidden', /^The user does not have any of the required delegated permissions/);
      }
    }
  });

  test('of a role: only the one that the operation names opens it to a user', async () => {
    await using world = await startWorld();
    const tokens = new Map<string, string>();
    for (const role of ROLE_PERMISSIONS)
      tokens.set(role, await world.user(`${role.replaceAll(' ', '-')}@cordon.test`, { role: [role] }));
    const nobody = await world.user('nobody@cordon.test');
    for (const operation of operations) {
      const { role: needed } = operation.requirement;
      const message = `The user does not have the required role permission (${needed}).`;
      refused(await ask(world, operation, nobody), 'Forbidden', message);
      for (const [role, token] of tokens) {
        const reply = await ask(world, operation, token);
        if (role === needed) assert.notEqual(reply.status, 403, `${operation.id} with ${role}`);
        else refused(reply, 'Forbidden', message);
      }
    }
  });
});
