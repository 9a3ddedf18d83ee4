import assert from 'node:assert/strict';
import test from 'node:test';
import type { ConsoleSession } from '../../../src/domain/console-session.ts';
import { at, OTHER_TENANT, TENANT } from '../../kit/store.ts';
import type { OpenStore } from '../conformance.ts';

const makeSession = (change: Partial<ConsoleSession> = {}): ConsoleSession => ({
  hash: 'a'.repeat(64),
  tenantId: TENANT,
  method: 'openIdConnect',
  administrator: false,
  principal: 'ana@cordon.test',
  name: 'Ana ☃',
  objectId: '0b1c',
  groups: ['one', 'two'],
  createdAt: at(0),
  expiresAt: at(1000),
  endsAt: at(100),
  ...change,
});

export function sessionConformance(engine: string, open: OpenStore): void {
  const say = (sentence: string): string => `${engine}: ${sentence}`;

  test(say('a session is found by its hash until it ends, and not from then on'), async () => {
    await using store = await open();
    const session = makeSession();
    const administrator = makeSession({ hash: 'b'.repeat(64), administrator: true, tenantId: OTHER_TENANT });
    await store.createSession(session);
    await store.createSession(administrator);
    assert.deepEqual(await store.session(session.hash, at(99)), session);
    assert.deepEqual(await store.session(administrator.hash, at(99)), administrator);
    assert.equal(await store.session(session.hash, at(100)), null);
    assert.equal(await store.session('c'.repeat(64), at(0)), null);
    assert.equal(await store.endSession(session.hash), true);
    assert.equal(await store.endSession(session.hash), false);
    assert.equal(await store.session(session.hash, at(0)), null);
    assert.notEqual(await store.session(administrator.hash, at(0)), null);
  });

  test(say('a session is kept longer, never shorter, and not once it has ended'), async () => {
    await using store = await open();
    const { hash } = makeSession();
    await store.createSession(makeSession());
    await store.keepSession(hash, at(200), at(50));
    assert.equal((await store.session(hash, at(150)))?.endsAt, at(200));
    await store.keepSession(hash, at(120), at(60));
    assert.equal((await store.session(hash, at(150)))?.endsAt, at(200));
    await store.keepSession(hash, at(900), at(200));
    assert.equal(await store.session(hash, at(200)), null);
  });

  test(
    say('a link is used once, by one of many who try at the same time, and not after its end'),
    async () => {
      await using store = await open();
      const link = { hash: 'd'.repeat(64), tenantId: TENANT, createdBy: 'serve', endsAt: at(10) };
      await store.createConsoleLink(link);
      const tries = await Promise.all(
        Array.from({ length: 8 }, () => store.useConsoleLink(link.hash, at(9))),
      );
      assert.deepEqual(
        tries.filter((found) => found !== null),
        [link],
      );
      await store.createConsoleLink({ ...link, hash: 'e'.repeat(64) });
      assert.equal(await store.useConsoleLink('e'.repeat(64), at(10)), null);
    },
  );

  test(say('what has ended is removed in portions, and nothing else'), async () => {
    await using store = await open();
    const hashes = ['1', '2', '3'].map((digit) => digit.repeat(64));
    for (const [index, hash] of hashes.entries())
      await store.createSession(makeSession({ hash, endsAt: at(10 * (index + 1)) }));
    for (const [index, hash] of hashes.entries())
      await store.createConsoleLink({ hash, tenantId: TENANT, createdBy: 's', endsAt: at(10 * (index + 1)) });
    assert.equal(await store.expireSessions(at(20), 1), 2);
    assert.equal(await store.expireSessions(at(20), 10), 2);
    assert.equal(await store.expireSessions(at(20), 10), 0);
    assert.notEqual(await store.session(hashes[2]!, at(20)), null);
    assert.notEqual(await store.useConsoleLink(hashes[2]!, at(20)), null);
  });
}
