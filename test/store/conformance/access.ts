import assert from 'node:assert/strict';
import test from 'node:test';
import {
  at,
  makeApplication,
  makeGroup,
  makeRole,
  makeSecret,
  makeTenant,
  OTHER_TENANT,
  TENANT,
} from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

export function accessConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  const tenants = async () => {
    const store = await open();
    await store.createTenant(makeTenant());
    await store.createTenant(makeTenant({ id: OTHER_TENANT, name: 'Other', createdAt: at(1) }));
    return store;
  };

  test(say('a tenant is created once'), async () => {
    await using store = await open();
    assert.equal(await store.createTenant(makeTenant()), true);
    assert.equal(await store.createTenant(makeTenant({ name: 'again' })), false);
    assert.deepEqual(await store.tenants(), [makeTenant()]);
  });

  test(say('an application is found by its id, in the tenant asked for'), async () => {
    await using store = await tenants();
    const application = makeApplication();
    assert.equal(await store.createApplication(application, makeSecret()), true);
    assert.deepEqual(await store.application(application.id), application);
    assert.deepEqual(await store.application(application.id, TENANT), application);
    assert.equal(await store.application(application.id, OTHER_TENANT), null);
    assert.deepEqual(await store.applicationSecrets(TENANT, application.id), [makeSecret()]);
    assert.deepEqual(await store.applicationSecrets(OTHER_TENANT, application.id), []);
    assert.deepEqual(await store.applications(TENANT), [application]);
    assert.deepEqual(await store.applications(OTHER_TENANT), []);
  });

  test(say('an id, or a name within a tenant, is given to one application that is not revoked'), async () => {
    await using store = await tenants();
    const application = makeApplication();
    await store.createApplication(application, null);
    const sameName = makeApplication({ id: 'b' });
    assert.equal(await store.createApplication(sameName, makeSecret({ applicationId: 'b' })), false);
    assert.deepEqual(await store.applicationSecrets(TENANT, 'b'), []);
    assert.equal(await store.createApplication(makeApplication({ displayName: 'x' }), null), false);
    assert.equal(
      await store.createApplication(makeApplication({ id: 'c', tenantId: OTHER_TENANT }), null),
      true,
    );
    assert.equal(await store.revokeApplication(OTHER_TENANT, application.id, at(5)), false);
    assert.equal(await store.revokeApplication(TENANT, application.id, at(5)), true);
    assert.equal(await store.revokeApplication(TENANT, application.id, at(6)), false);
    assert.equal((await store.application(application.id))?.revokedAt, at(5));
    assert.equal(await store.createApplication(sameName, null), true);
  });

  test(say('permissions, secrets and keys of an application change one by one'), async () => {
    await using store = await tenants();
    const { id } = makeApplication();
    await store.createApplication(makeApplication(), makeSecret());
    assert.equal(await store.setApplicationPermissions(TENANT, id, ['Machine.Read.All']), true);
    assert.equal(await store.setApplicationPermissions(OTHER_TENANT, id, []), false);
    assert.deepEqual((await store.application(id))?.permissions, ['Machine.Read.All']);
    await store.addApplicationSecret(makeSecret({ id: 'secret-2', createdAt: at(2), expiresAt: at(99) }));
    assert.equal(await store.removeApplicationSecret(TENANT, id, 'secret-1'), true);
    assert.equal(await store.removeApplicationSecret(TENANT, id, 'secret-1'), false);
    assert.deepEqual(
      (await store.applicationSecrets(TENANT, id)).map((secret) => secret.id),
      ['secret-2'],
    );
    const key = { tenantId: TENANT, applicationId: id, id: 'thumb', jwk: '{}', createdAt: at(0) };
    assert.equal(await store.addApplicationKey(key), true);
    assert.equal(await store.addApplicationKey(key), false);
    assert.deepEqual(await store.applicationKeys(TENANT, id), [key]);
    assert.equal(await store.removeApplicationKey(OTHER_TENANT, id, 'thumb'), false);
    assert.equal(await store.removeApplicationKey(TENANT, id, 'thumb'), true);
  });

  test(say('an assertion serves once until it expires'), async () => {
    await using store = await tenants();
    assert.equal(await store.useAssertion('a', 'j', at(10), at(1)), true);
    assert.equal(await store.useAssertion('a', 'j', at(10), at(9)), false);
    assert.equal(await store.useAssertion('b', 'j', at(10), at(9)), true);
    assert.equal(await store.useAssertion('a', 'k', at(30), at(20)), true);
    assert.equal(await store.useAssertion('a', 'j', at(30), at(20)), true);
    assert.equal(await store.useAssertion('a', 'j', at(30), at(20)), false);
  });

  test(say('an emulator user is found in any letter case'), async () => {
    await using store = await tenants();
    const user = { tenantId: TENANT, principal: 'Viewer@cordon.test', displayName: 'V', passwordHash: 'h' };
    await store.createEmulatorUser(user);
    assert.deepEqual(await store.emulatorUser(TENANT, 'VIEWER@cordon.test'), {
      ...user,
      principal: 'viewer@cordon.test',
    });
    assert.equal(await store.emulatorUser(OTHER_TENANT, 'viewer@cordon.test'), null);
  });

  test(say('a role is created once by name, and given and taken'), async () => {
    await using store = await tenants();
    assert.equal(await store.createRole(makeRole({ principals: ['Ana@cordon.test'] })), true);
    assert.equal(await store.createRole(makeRole({ id: 'role-2', name: 'RESPONDERS' })), false);
    assert.equal(await store.assignRole(TENANT, 'role-1', 'Bo@cordon.test'), true);
    assert.equal(await store.assignRole(TENANT, 'role-1', 'bo@cordon.test'), true);
    assert.equal(await store.assignRole(TENANT, 'nowhere', 'bo@cordon.test'), false);
    assert.equal(await store.assignRole(OTHER_TENANT, 'role-1', 'bo@cordon.test'), false);
    const [role] = await store.roles(TENANT);
    assert.deepEqual(role, makeRole({ principals: ['ana@cordon.test', 'bo@cordon.test'] }));
    const permissions = ['View data'] as const;
    assert.equal(await store.changeRole(TENANT, 'role-1', { name: null, permissions }), true);
    assert.equal(await store.changeRole(OTHER_TENANT, 'role-1', { name: null, permissions: [] }), false);
    assert.deepEqual((await store.roles(TENANT))[0]?.permissions, permissions);
    assert.equal(await store.unassignRole(TENANT, 'role-1', 'ANA@cordon.test'), true);
    assert.equal(await store.unassignRole(TENANT, 'role-1', 'ana@cordon.test'), false);
    assert.equal(await store.deleteRole(OTHER_TENANT, 'role-1'), false);
    assert.equal(await store.deleteRole(TENANT, 'role-1'), true);
    assert.deepEqual(await store.roles(TENANT), []);
  });

  test(
    say('a role and a group are renamed, and not to the name of another one in any letter case'),
    async () => {
      await using store = await tenants();
      for (const [id, name] of [
        ['role-1', 'day'],
        ['role-2', 'night'],
      ] as const)
        assert.equal(await store.createRole(makeRole({ id, name })), true);
      const rename = (id: string, name: string, tenant = TENANT) =>
        store.changeRole(tenant, id, { name, permissions: null });
      assert.equal(await rename('role-2', 'DAY'), false);
      assert.equal(await rename('role-2', 'Night'), true, 'its own name in other letters');
      assert.equal(await rename('role-2', 'late', OTHER_TENANT), false);
      const both = await Promise.all([rename('role-1', 'late'), rename('role-2', 'Late')]);
      assert.deepEqual(both.toSorted(), [false, true], 'one of two at once');
      const made = await Promise.all([
        store.createRole(makeRole({ id: 'role-3', name: 'early' })),
        rename('role-1', 'Early'),
      ]);
      assert.deepEqual(made.toSorted(), [false, true]);
      const roles = await store.roles(TENANT);
      assert.deepEqual(roles[0]?.permissions, makeRole().permissions, 'what is not given stays');
      assert.equal(new Set(roles.map(({ name }) => name.toLowerCase())).size, roles.length);

      const first = (await store.createGroup(makeGroup({ name: 'a', rank: 1 })))!;
      const second = (await store.createGroup(makeGroup({ name: 'b', rank: 2 })))!;
      const change = { rank: null, rules: null };
      assert.equal(await store.changeGroup(TENANT, second.id, { ...change, name: 'A', rank: 1 }), false);
      assert.equal(await store.changeGroup(TENANT, second.id, { ...change, name: 'C' }), true);
      const groups = (await store.groups(TENANT)).map(({ name, rank }) => [name, rank]);
      assert.deepEqual(groups, [
        [first.name, 1],
        ['C', 2],
      ]);
    },
  );

  test(say('groups are numbered within their tenant, and no number is given twice'), async () => {
    await using store = await tenants();
    const first = await store.createGroup(makeGroup({ principals: ['ANA@cordon.test'] }));
    assert.equal(first?.id, 1);
    assert.equal(await store.createGroup(makeGroup({ name: 'Workstations' })), null);
    const second = await store.createGroup(makeGroup({ name: 'servers', rank: 0 }));
    assert.equal(second?.id, 2);
    assert.equal((await store.createGroup(makeGroup({ tenantId: OTHER_TENANT })))?.id, 1);
    assert.deepEqual(
      (await store.groups(TENANT)).map(({ name }) => name),
      ['servers', 'workstations'],
    );
    assert.deepEqual((await store.groups(TENANT))[1], {
      ...makeGroup(),
      id: 1,
      principals: ['ana@cordon.test'],
    });
    assert.equal(await store.assignGroup(TENANT, 2, 'Bo@cordon.test'), true);
    assert.equal(await store.assignGroup(TENANT, 9, 'bo@cordon.test'), false);
    assert.equal(await store.unassignGroup(TENANT, 2, 'bo@cordon.test'), true);
    assert.equal(await store.deleteGroup(TENANT, 2), true);
    assert.equal(await store.deleteGroup(TENANT, 2), false);
    assert.equal((await store.createGroup(makeGroup({ name: 'servers' })))?.id, 3);
    await assert.rejects(store.createGroup(makeGroup({ tenantId: 'nowhere' })));
  });

  test(say('a group at a taken rank comes first there, and others move down by one'), async () => {
    await using store = await tenants();
    const ranks = async (tenant = TENANT) =>
      (await store.groups(tenant)).map(({ name, rank }) => `${rank} ${name}`);
    for (const [name, rank] of [
      ['a', 1],
      ['b', 2],
      ['d', 4],
    ] as const)
      await store.createGroup(makeGroup({ name, rank }));
    await store.createGroup(makeGroup({ tenantId: OTHER_TENANT, rank: 1 }));
    await store.createGroup(makeGroup({ name: 'c', rank: 3 }));
    assert.deepEqual(await ranks(), ['1 a', '2 b', '3 c', '4 d'], 'a free rank moves nobody');
    assert.equal((await store.createGroup(makeGroup({ name: 'new', rank: 2 })))?.rank, 2);
    assert.deepEqual(await ranks(), ['1 a', '2 new', '3 b', '4 c', '5 d']);
    assert.equal(await store.createGroup(makeGroup({ name: 'A', rank: 1 })), null);
    assert.deepEqual(await ranks(), ['1 a', '2 new', '3 b', '4 c', '5 d'], 'a refusal moves nobody');
    assert.deepEqual(await ranks(OTHER_TENANT), ['1 workstations']);
  });

  test(say('a group gets other rules, or another rank, before the group that had it'), async () => {
    await using store = await tenants();
    const ids: number[] = [];
    for (const [name, rank] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const)
      ids.push((await store.createGroup(makeGroup({ name, rank })))!.id);
    const rules = [{ property: 'tag', operator: 'equals', values: ['x'] }] as const;
    assert.equal(await store.changeGroup(TENANT, ids[2]!, { name: null, rank: 1, rules: null }), true);
    assert.equal(await store.changeGroup(TENANT, ids[0]!, { name: null, rank: null, rules }), true);
    assert.equal(await store.changeGroup(OTHER_TENANT, ids[0]!, { name: null, rank: 1, rules: [] }), false);
    assert.equal(await store.changeGroup(TENANT, 99, { name: null, rank: 1, rules: [] }), false);
    const groups = await store.groups(TENANT);
    assert.deepEqual(
      groups.map(({ name }) => name),
      ['c', 'a', 'b'],
    );
    assert.deepEqual(groups[0]?.rules, makeGroup().rules, 'what is not given stays');
    assert.deepEqual(groups[1]?.rules, rules);
    assert.equal(new Set(groups.map(({ rank }) => rank)).size, 3);
  });
}
