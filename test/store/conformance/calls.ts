import assert from 'node:assert/strict';
import test from 'node:test';
import { at, OTHER_TENANT, TENANT } from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

export function callConformance(engine: string, open: OpenStore): void {
  const asked = { tenantId: TENANT, name: 'app:read 60', limit: 10, count: 4, now: at(0), endsAt: at(60) };

  test(`${engine}: calls are taken from a window as long as it has enough, all or none`, async () => {
    await using store = await open();
    assert.deepEqual(await store.takeCalls(asked), { granted: true, taken: 4, endsAt: at(60) });
    const second = { ...asked, now: at(1), endsAt: at(61) };
    assert.deepEqual(await store.takeCalls(second), { granted: true, taken: 8, endsAt: at(60) });
    assert.deepEqual(await store.takeCalls(second), { granted: false, endsAt: at(60) });
    assert.deepEqual(await store.takeCalls({ ...second, count: 2 }), {
      granted: true,
      taken: 10,
      endsAt: at(60),
    });
    // Others have windows of their own.
    assert.equal((await store.takeCalls({ ...second, tenantId: OTHER_TENANT })).granted, true);
    assert.equal((await store.takeCalls({ ...second, name: 'other:read 60' })).granted, true);
  });

  test(`${engine}: a window that has ended begins anew, and is removed when nobody calls`, async () => {
    await using store = await open();
    await store.takeCalls(asked);
    const later = { ...asked, now: at(60), endsAt: at(120) };
    assert.deepEqual(await store.takeCalls(later), { granted: true, taken: 4, endsAt: at(120) });
    assert.equal(await store.expireCalls(at(119), 10), 0);
    assert.equal(await store.expireCalls(at(120), 10), 1);
  });

  test(`${engine}: of many that take at once no more is given than the window has`, async () => {
    await using store = await open();
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => store.takeCalls({ ...asked, limit: 25, count: 1 })),
    );
    assert.equal(answers.filter(({ granted }) => granted).length, 25);
  });
}
