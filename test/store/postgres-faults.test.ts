/** What the driver does when the database, its connections or other programs fail it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Client } from 'pg';
import type { CordonError } from '../../src/domain/error.ts';
import type { Store } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres/index.ts';
import { openPostgresSql } from '../../src/store/postgres/open.ts';
import { guard, statement, step } from '../../src/store/sql.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../kit/postgres.ts';
import { until } from '../kit/processes.ts';
import { actionId, enrolMachines, makeAction, makeMachine, makeRequest, TENANT } from '../kit/store.ts';

const WRITE = statement('write', 'insert into setting (name, value) values ($1, $2)');
const TOUCH = statement('touch', "update setting set value = value || '.' where name = $1");
const READ = statement('read one', 'select value from setting where name = $1');

/** 503 with a time to come again, and nothing else. */
function unavailable(error: unknown): true {
  const { code, retryAfter, message } = error as CordonError;
  assert.equal(code, 'ServiceUnavailable', String(error));
  assert.ok((retryAfter ?? 0) > 0);
  assert.doesNotMatch(message, /insert|update|cordon-test/);
  return true;
}

describe('PostgreSQL that fails', { skip: whyNoPostgres() ?? false, timeout: 300_000 }, () => {
  let server: PostgresServer;
  let schema = 0;
  const fresh = () => server.url(`faults_${schema++}`);
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  /** Requests without end, while something happens; those accepted must be there afterwards. */
  async function underLoad(store: Store, happens: () => Promise<void>): Promise<void> {
    const machines = Array.from({ length: 400 }, (_, index) => makeMachine(index + 1));
    await enrolMachines(store, machines);
    let [next, going] = [0, true];
    const accepted: string[] = [];
    const caller = async () => {
      while (going && next < machines.length) {
        const number = next++;
        const request = makeRequest(makeAction(number, machines[number]!));
        try {
          assert.equal((await store.requestAction(request)).outcome, 'created');
          accepted.push(request.action.id);
        } catch (error) {
          unavailable(error);
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const callers = Promise.all(Array.from({ length: 8 }, caller));
    await until('some were accepted', async () => accepted.length > 20);
    await happens();
    await until('it recovers by itself', () => store.ready(), 30_000);
    const known = accepted.length;
    if (next < machines.length)
      await until('more are accepted', async () => accepted.length > known || next >= machines.length);
    going = false;
    await callers;
    for (const id of accepted) assert.equal((await store.action(TENANT, id, null))?.status, 'Pending', id);
  }

  test('killed and started again, it has all that was accepted, and the store goes on', async () => {
    await using store = await openPostgresStore(await fresh());
    await underLoad(store, async () => {
      await server.stop('kill');
      await assert.rejects(store.setting('epoch'), unavailable);
      assert.equal(await store.ready(), false);
      await server.start();
    });
  });

  test('its connections cut, all that was accepted is there, and the store goes on', async () => {
    await using store = await openPostgresStore(await fresh());
    await underLoad(store, async () => {
      await server.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cordon'",
      );
    });
  });

  test('a commit whose answer is lost is told as neither done nor not done', async () => {
    await using proxy = await openProxy(await fresh());
    const sql = await openPostgresSql(proxy.url);
    await sql.batch([step(WRITE, ['before', 'there'])]);
    proxy.loseAnswerTo('commit');
    await assert.rejects(sql.batch([step(WRITE, ['lost', 'there'])]), (error: CordonError) => {
      unavailable(error);
      assert.match(error.message, /may or may not/);
      return true;
    });
    // It was done, and the store reads it over a new connection.
    await until('it is read', () =>
      sql.all(READ, ['lost']).then(
        ([row]) => row?.value === 'there',
        () => null,
      ),
    );
    assert.deepEqual(await sql.batch([step(WRITE, ['after', 'there'])]), { done: true, results: [1] });
    await sql.close();
  });

  test('a connection lost before the commit leaves nothing behind', async () => {
    await using proxy = await openProxy(await fresh());
    const sql = await openPostgresSql(proxy.url);
    await sql.batch([step(WRITE, ['before', 'there'])]);
    proxy.loseAnswerTo('begin');
    await assert.rejects(sql.batch([step(WRITE, ['lost', 'there'])]), unavailable);
    await until('it is read', () =>
      sql.all(READ, ['before']).then(
        ([row]) => row?.value === 'there',
        () => null,
      ),
    );
    assert.deepEqual(await sql.all(READ, ['lost']), []);
    await sql.close();
  });

  test('a read that takes too long is given up at its deadline, and holds up nobody', async () => {
    const sql = await openPostgresSql(await fresh());
    const began = performance.now();
    const slow = assert.rejects(sql.scan(statement(null, 'select pg_sleep(60)'), [], 300), unavailable);
    assert.equal((await sql.all(statement('one', 'select 1 as one'), []))[0]?.one, 1);
    await slow;
    assert.ok(performance.now() - began < 5000);
    assert.equal((await sql.scan(statement(null, 'select 2 as two'), [], 5000))[0]?.two, 2);
    await assert.rejects(sql.scan(statement(null, 'select nothing'), [], 1000), (error: CordonError) => {
      assert.notEqual(error.code, 'ServiceUnavailable');
      return true;
    });
    await sql.close();
  });

  test('a read that is wrong takes none of those beside it along', async () => {
    const sql = await openPostgresSql(await fresh());
    const one = statement('one', 'select 1 as one');
    const outcomes = await Promise.allSettled([
      sql.all(one, []),
      sql.all(statement(null, 'select nothing'), []),
      sql.all(one, []),
      sql.all(statement('never prepared', 'select $1::integer as number'), ['x']),
      sql.all(one, []),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    );
    // What failed when it was bound is prepared and serves.
    assert.equal(
      (await sql.all(statement('never prepared', 'select $1::integer as number'), [7]))[0]?.number,
      7,
    );
    await sql.close();
  });

  test('a unit with a fault, one that is refused and one that is fine are told apart, though they travel together', async () => {
    const sql = await openPostgresSql(await fresh());
    await sql.batch([step(WRITE, ['a', '1'])]);
    const outcomes = await Promise.allSettled([
      sql.batch([step(WRITE, ['b', '1'])]),
      sql.batch([step(WRITE, ['a', '2'])]),
      sql.batch([step(WRITE, ['c', '1']), guard(TOUCH, ['none'])]),
      sql.batch([step(WRITE, ['d', '1']), guard(TOUCH, ['a'])]),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.done : 'fault')),
      [true, 'fault', false, true],
    );
    const there = await Promise.all(['a', 'b', 'c', 'd'].map((name) => sql.all(READ, [name])));
    assert.deepEqual(
      there.map(([row]) => row?.value ?? null),
      ['1.', '1', null, '1'],
    );
    await sql.close();
  });

  test('units that lock each other out are all done in the end', async () => {
    const url = await fresh();
    const [one, other] = await Promise.all([openPostgresSql(url), openPostgresSql(url)]);
    for (const name of ['x', 'y']) await one.batch([step(WRITE, [name, ''])]);
    const units = Array.from({ length: 40 }, (_, index) => {
      const names = index % 2 === 0 ? ['x', 'y'] : ['y', 'x'];
      return (index % 4 < 2 ? one : other).batch(names.map((name) => guard(TOUCH, [name])));
    });
    assert.ok((await Promise.all(units)).every(({ done }) => done));
    assert.deepEqual(await one.all(READ, ['x']), [{ value: '.'.repeat(40) }]);
    await Promise.all([one.close(), other.close()]);
  });

  test('rows held by another program hold up only those who want them, and are given up in the end', async () => {
    const url = await fresh();
    const sql = await openPostgresSql(url);
    for (const name of ['held', 'free']) await sql.batch([step(WRITE, [name, ''])]);
    const holder = new Client({ connectionString: url });
    holder.on('error', () => {});
    await holder.connect();
    await holder.query("begin; update setting set value = 'mine' where name = 'held'");
    const wanted = assert.rejects(sql.batch([guard(TOUCH, ['held'])]), unavailable);
    assert.equal((await sql.batch([guard(TOUCH, ['free'])])).done, true);
    await wanted;
    await holder.query('rollback');
    assert.equal((await sql.batch([guard(TOUCH, ['held'])])).done, true);
    await holder.end();
    await sql.close();
  });

  test('that cannot be reached, or asks for another password, is told without the password', async () => {
    const away = (await fresh()).replace(/:\d+\//, ':1/');
    await assert.rejects(openPostgresStore(away), (error: Error) => {
      assert.match(error.message, /cannot be opened: connect ECONNREFUSED/);
      return unavailable(error);
    });
    const wrong = (await fresh()).replace('cordon-test', 'mistaken-secret');
    await assert.rejects(openPostgresStore(wrong), (error: Error) => {
      assert.match(error.message, /password authentication failed/);
      assert.doesNotMatch(`${error.stack} ${(error.cause as Error | undefined)?.message}`, /mistaken-secret/);
      return true;
    });
  });

  test('two actions of one machine that travel together: one is accepted, the other refused', async () => {
    await using store = await openPostgresStore(await fresh());
    const machine = makeMachine(1);
    await enrolMachines(store, [machine]);
    const outcomes = await Promise.all(
      [1, 2, 3].map((number) => store.requestAction(makeRequest(makeAction(number, machine)))),
    );
    assert.deepEqual(outcomes.map(({ outcome }) => outcome).sort(), ['active', 'active', 'created']);
    assert.equal((await store.actionEvents(TENANT, actionId(1))).length <= 1, true);
  });
});

/** A proxy in front of a database that can lose the answer to a message with a word in it, and breaks the connection. */
async function openProxy(target: string) {
  const address = new URL(target);
  const { hostname, port: behind } = address;
  let word: string | null = null;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(behind), hostname);
    let losing = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk) => {
      if (word !== null && chunk.includes(`${word}\0`)) {
        losing = true;
        word = null;
      }
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (losing) near.destroy();
      else near.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  address.port = String(port);
  return {
    url: address.href,
    loseAnswerTo(lost: string) {
      word = lost;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
