/** Two `cordon serve` processes on one PostgreSQL database, and a device that goes to either. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Client, client } from '../../src/sdk/index.ts';
import type { PuppetDevice } from '../kit/device.ts';
import { assertEnded } from '../kit/ended-action.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../kit/postgres.ts';
import { until } from '../kit/processes.ts';
import { enrolled, type Pair, startPair } from '../kit/server-pair.ts';
import { readAdministrator, type ServerProcess } from '../kit/server-process.ts';

const waits = async (device: PuppetDevice): Promise<{ answered: Promise<number> }> => {
  // The first exchange fetches what is there; the second waits for what is not.
  await device.exchange();
  const answered = device.next({ waitSeconds: 30 }).then(() => performance.now());
  return { answered };
};
/** Time in which a device's call has most likely come to wait; what is asserted holds also where it has not. */
const moment = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('two servers on one database', { skip: whyNoPostgres() ?? false, timeout: 600_000 }, () => {
  let database: PostgresServer;
  let pair: Pair;
  let [api, otherApi] = [] as unknown as [Client, Client];
  before(async () => {
    database = await startPostgres();
    pair = await startPair(await database.url('pair'));
    [api, otherApi] = [pair.one.api, pair.other.api];
  });
  after(async () => {
    await pair?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  test('an action submitted at one reaches a device that waits at the other within a second', async () => {
    const device = await enrolled(pair, 'ws-hint.cordon.test', () => pair.other);
    const { answered } = await waits(device);
    await moment(300);
    const { id } = await api.restrict(device.machineId, { comment: 'To the other' });
    const requested = performance.now();
    const took = (await answered) - requested;
    assert.ok(took < 1000, `it took ${took} ms`);
    const [order] = device.desired;
    await device.accept(order!);
    await device.prove(order!);
    await assertEnded(otherApi, id, 'Succeeded');
    await assertEnded(api, id, 'Succeeded');
  });

  test('an exchange may begin at one and go on at the other, message by message', async () => {
    let turn = 0;
    const device = await enrolled(pair, 'ws-turns.cordon.test', () =>
      turn++ % 2 === 0 ? pair.one : pair.other,
    );
    for (const order of ['restrict', 'unrestrict', 'restrict'] as const) {
      const { id } = await (turn % 2 === 0 ? api : otherApi)[order](device.machineId, { comment: 'Turns' });
      await device.obey();
      await assertEnded(api, id, 'Succeeded');
    }
    const replayed = await device.exchange({ repeat: false });
    assert.equal(replayed.status, 200, 'the nonce of one serves at the other');
  });

  test('a key used at both at once makes one action, and each tells it', async () => {
    const device = await enrolled(pair, 'ws-key.cordon.test', () => pair.one);
    const asked = Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? api : otherApi).restrict(device.machineId, {
        comment: 'Once',
        idempotencyKey: 'both',
      }),
    );
    const ids = new Set((await Promise.all(asked)).map(({ id }) => id));
    assert.equal(ids.size, 1);
    await api.cancel([...ids][0]!, 'enough');
  });

  test('of many requests at both at once for one machine exactly one is accepted', async () => {
    const device = await enrolled(pair, 'ws-race.cordon.test', () => pair.one);
    const asked = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? api : otherApi).restrict(device.machineId, { comment: `Race ${index}` }),
    );
    const outcomes = await Promise.allSettled(asked);
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'ActiveRequestAlreadyExists');
    }
  });

  test('an action that no device takes up times out once, though both sweep', async () => {
    const device = await enrolled(pair, 'ws-silent.cordon.test', () => pair.one);
    const { id } = await api.restrict(device.machineId, { comment: 'Nobody comes' });
    await api.waitFor(id, { timeout: 60_000 });
    const history = await assertEnded(otherApi, id, 'TimeOut');
    assert.equal(history.length, 2);
  });

  test('an application revoked at one is refused at the other within ten seconds', async () => {
    const made = await api.applications.create({
      displayName: 'short-lived',
      permissions: ['Machine.Read.All'],
    });
    const tenant = (await readAdministrator(pair.one.data)).tenant;
    const credentials = { tenant, clientId: made.id, clientSecret: made.secret! };
    const theirs = client({ url: pair.other.url, credentials });
    const list = async () => {
      for await (const _machine of theirs.machines()) return;
    };
    await list();
    await api.applications.revoke(made.id);
    await until(
      'the other refuses',
      () =>
        list().then(
          () => false,
          () => true,
        ),
      10_000,
    );
  });

  test('one killed while a device waits at it: the device goes to the other, and the action ends once', async () => {
    let where = pair.other;
    const device = await enrolled(pair, 'ws-kill.cordon.test', () => where);
    const { answered } = await waits(device);
    const broken = assert.rejects(answered);
    const { id } = await withKilled(pair.other, async () => {
      await broken;
      where = pair.one;
      const action = await api.restrict(device.machineId, { comment: 'While one is gone' });
      await device.obey();
      return action;
    });
    await assertEnded(api, id, 'Succeeded');
    await assertEnded(otherApi, id, 'Succeeded');
  });

  test('a call that one accepted before it died is there at the other', async () => {
    const device = await enrolled(pair, 'ws-died.cordon.test', () => pair.one);
    const { id } = await otherApi.restrict(device.machineId, { comment: 'Accepted' });
    await withKilled(pair.other, async () => {
      assert.equal((await api.action(id)).status, 'Pending');
      await device.obey();
      await assertEnded(api, id, 'Succeeded');
    });
  });

  test('restarted one after the other behind a balancer, no call fails', async () => {
    const balanced = await balancer([pair.one, pair.other]);
    const credentials = await readAdministrator(pair.one.data);
    const anywhere = client({
      url: 'http://cordon.test',
      credentials,
      retry: { attempts: 1 },
      system: { fetch: balanced.fetch },
    });
    const device = await enrolled(pair, 'ws-rolling.cordon.test', () => balanced.next());
    let [calls, going] = [0, true];
    const caller = async () => {
      for (; going; calls += 1) assert.equal((await anywhere.machine(device.machineId)).id, device.machineId);
    };
    const poller = async () => {
      while (going) assert.equal((await device.exchange({ waitSeconds: 5 })).status, 200);
    };
    const callers = Promise.all([caller(), caller(), poller()]);
    for (const server of [pair.one, pair.other]) {
      const exit = await server.stop();
      assert.deepEqual(exit, { status: 0, signal: null });
      await server.start();
      await until('it is ready again', () => balanced.serves(server));
    }
    going = false;
    await callers;
    assert.ok(calls > 50, `${calls} calls`);
    balanced.stop();
  });
});

/** Kills a server for the time of the work, and starts it again. */
async function withKilled<T>(server: ServerProcess, work: () => Promise<T>): Promise<T> {
  await server.kill();
  try {
    return await work();
  } finally {
    await server.start();
  }
}

/** What a load balancer does: it asks each server whether it is ready, and sends calls to those that are, in turn. */
async function balancer(servers: readonly ServerProcess[]) {
  const ready = new Set<ServerProcess>();
  let turn = 0;
  const ask = async () => {
    for (const server of servers) {
      const response = await fetch(`${server.url}/readyz`).catch(() => null);
      if (response?.status === 200) ready.add(server);
      else ready.delete(server);
    }
  };
  await ask();
  const timer = setInterval(() => void ask(), 100);
  const next = (): ServerProcess => {
    const all = [...ready];
    if (all.length === 0) throw new Error('no server is ready');
    return all[turn++ % all.length]!;
  };
  const balanced: typeof fetch = (address, init) => {
    const { pathname, search } = new URL(String(address));
    return fetch(`${next().url}${pathname}${search}`, init);
  };
  return {
    next,
    fetch: balanced,
    serves: async (server: ServerProcess) => ready.has(server),
    stop: () => clearInterval(timer),
  };
}

describe('two servers whose notifications are lost', {
  skip: whyNoPostgres() ?? false,
  timeout: 120_000,
}, () => {
  test('an action submitted at one reaches a device that waits at the other when it next looks', async () => {
    await using database = await startPostgres();
    const url = new URL(await database.url('silent'));
    // A function of the schema goes before the system's own, and does nothing.
    await database.query(
      'create function silent.pg_notify(text, text) returns void language sql as $$ select null::void $$',
    );
    url.searchParams.set('options', '-c search_path=silent,pg_catalog');
    await using pair = await startPair(url.href);
    const device = await enrolled(pair, 'ws-lost.cordon.test', () => pair.other);
    const { answered } = await waits(device);
    await moment(300);
    await pair.one.api.restrict(device.machineId, { comment: 'No hint' });
    const requested = performance.now();
    const took = (await answered) - requested;
    // The look comes every five seconds; a busy machine adds to it.
    assert.ok(took < 9000, `it took ${took} ms`);
  });
});

describe('a limit over two servers', { skip: whyNoPostgres() ?? false, timeout: 180_000 }, () => {
  test('holds as if they were one', async () => {
    await using database = await startPostgres();
    await using pair = await startPair(await database.url('counted'), ['--rate-limit', '100/1500']);
    const credentials = await readAdministrator(pair.one.data);
    const retry = { attempts: 1 };
    const clients = [pair.one, pair.other].map(({ url }) => client({ url, credentials, retry }));
    const asked = Array.from({ length: 160 }, (_, index) =>
      clients[index % 2]!.action('01900000-0000-7000-8000-000000000000').catch((error) => error.status),
    );
    const statuses = await Promise.all(asked);
    const served = statuses.filter((status) => status === 404).length;
    assert.equal(statuses.filter((status) => status === 429).length, 160 - served);
    assert.ok(served >= 95 && served <= 100, `${served} of 160 calls were served`);
  });

  test('so does that of failed proofs', async () => {
    await using database = await startPostgres();
    await using pair = await startPair(await database.url('failed'), ['--rate-limit', '100/1500']);
    const { tenant, clientId, clientSecret } = await readAdministrator(pair.one.data);
    const asked = async (url: string, secret: string) => {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
        scope: 'https://api.securitycenter.microsoft.com/.default',
      });
      return (await fetch(`${url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body })).status;
    };
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 40; attempt += 1)
      statuses.push(await asked([pair.one, pair.other][attempt % 2]!.url, 'guessed'));
    const tried = statuses.filter((status) => status === 401).length;
    assert.ok(tried === 30 || tried === 31, `${tried} of 40 guesses were tried`);
    assert.equal(statuses.filter((status) => status === 429).length, 40 - tried);
    for (const { url } of [pair.one, pair.other]) assert.equal(await asked(url, clientSecret), 429);
  });
});
