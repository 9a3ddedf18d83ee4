/** The console over two `cordon serve` processes on one PostgreSQL database. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changeOf, readEvents } from '../kit/event-reader.ts';
import { startPostgres, whyNoPostgres } from '../kit/postgres.ts';
import { enrolled, startPair } from '../kit/server-pair.ts';

describe('the console of two servers', { skip: whyNoPostgres() ?? false, timeout: 300_000 }, () => {
  test('who signed in at one is signed in at the other, and hears there what changes at the first', async () => {
    await using database = await startPostgres();
    await using pair = await startPair(await database.url('live'));
    const { api } = pair.one;
    const device = await enrolled(pair, 'ws-live.cordon.test', () => pair.one);
    const link = new URL((await api.consoleLink()).url);
    const signedIn = await fetch(`${pair.one.url}/cordon/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ code: link.hash.slice('#code='.length) }),
    });
    assert.equal(signedIn.status, 201);
    const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;
    await using events = await readEvents(pair.other.url, { cookie });
    await events.next(({ event }) => event === 'hello');
    const { id } = await api.restrict(device.machineId, { comment: 'Heard elsewhere' });
    const requested = performance.now();
    const { at, data } = await events.next(changeOf(device.machineId, 'Pending'));
    assert.equal((data as { actionId: string }).actionId, id);
    assert.ok(at - requested < 1000, `it took ${at - requested} ms`);
    await api.cancel(id, 'enough');
    await events.next(changeOf(device.machineId, 'Cancelled'));
  });
});
