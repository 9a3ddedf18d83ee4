/** Processes that start at the same moment on one empty database. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client } from 'pg';
import { client } from '../../src/sdk/index.ts';
import { readMigrations } from '../../src/store/migrate.ts';
import { openPostgresSql } from '../../src/store/postgres/open.ts';
import { atEnd } from '../kit/at-end.ts';
import { scratchDirectory } from '../kit/leftovers.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../kit/postgres.ts';
import { follow, runCordon, spawnCordon, until } from '../kit/processes.ts';
import { freePort, readAdministrator } from '../kit/server-process.ts';

describe('starts at once on one database', { skip: whyNoPostgres() ?? false, timeout: 300_000 }, () => {
  let server: PostgresServer;
  const scratch = scratchDirectory('starts');
  before(async () => {
    server = await startPostgres();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    scratch.remove();
  });

  test('twenty find the schema whole, and each version was applied once', async () => {
    const url = await server.url('twenty');
    const opened = await Promise.all(Array.from({ length: 20 }, () => openPostgresSql(url)));
    await Promise.all(opened.map((sql) => sql.close()));
    const versions = await server.query('select version from twenty.schema_version order by version');
    assert.deepEqual(
      versions.map(({ version }) => version),
      readMigrations().map(({ version }) => version),
    );
  });

  test('every text column compares by bytes', async () => {
    await (await openPostgresSql(await server.url('bytes'))).close();
    const others = await server.query(
      `select table_name, column_name from information_schema.columns
       where table_schema = 'bytes' and data_type = 'text' and collation_name is distinct from 'C'`,
    );
    assert.deepEqual(others, []);
  });

  test('a database of a newer Cordon is refused, and left as it is', async () => {
    const url = await server.url('newer');
    await (await openPostgresSql(url)).close();
    await server.query("insert into newer.schema_version (version, name) values (999, 'future')");
    await assert.rejects(openPostgresSql(url), {
      code: 'DisallowedOperation',
      message: /schema version 999/,
    });
    const [{ newest }] = (await server.query('select max(version) as newest from newer.schema_version')) as [
      { newest: number },
    ];
    assert.equal(newest, 999);
  });

  test('three servers make one administrator, and take its tokens from each other', async () => {
    const url = await server.url('first');
    const started = await Promise.all(
      [1, 2, 3].map(async (number) => {
        const data = join(scratch.path, `data-${number}`);
        const address = `127.0.0.1:${await freePort()}`;
        const words = ['serve', '--data', data, '--listen', address, '--public-url', 'http://cordon.test'];
        const running = follow(spawnCordon(words, { CORDON_DATABASE_URL: url }));
        return { data, url: `http://${address}`, running };
      }),
    );
    await Promise.all(started.map(({ running }) => running.logged(({ msg }) => msg === 'Cordon serves')));
    const holders = started.filter(({ data }) => existsSync(join(data, 'administrator.env')));
    assert.equal(holders.length, 1);
    assert.equal((await server.query('select id from first.tenant')).length, 1);
    assert.equal((await server.query('select id from first.application')).length, 1);
    assert.equal((await server.query("select id from first.server_key where purpose = 'token'")).length, 1);
    const credentials = await readAdministrator(holders[0]!.data);
    const tenantToken = new Map<string, string>();
    for (const one of started) {
      const response = await fetch(`${one.url}/${credentials.tenant}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: credentials.clientId,
          client_secret: credentials.clientSecret,
          scope: 'https://api.securitycenter.microsoft.com/.default',
        }),
      });
      tenantToken.set(one.url, ((await response.json()) as { access_token: string }).access_token);
    }
    for (const [from, token] of tenantToken) {
      for (const { url: to } of started) {
        const response = await fetch(`${to}/api/machines`, { headers: { authorization: `Bearer ${token}` } });
        assert.equal(response.status, 200, `${from} → ${to}`);
      }
    }
    for (const { running } of started) {
      const { stdout, stderr } = running.output();
      assert.doesNotMatch(stdout + stderr, /cordon-test/, 'the password of the database is not logged');
      running.child.kill('SIGTERM');
      assert.deepEqual(await running.exit, { status: 0, signal: null });
    }
  });

  test('a server is not ready before its first administrator can be used', async (context) => {
    const url = await server.url('unready');
    await (await openPostgresSql(url)).close();
    // Reading goes on beside it, making an application does not.
    const holder = new Client({ connectionString: url });
    await holder.connect();
    atEnd(context, () => holder.end());
    await holder.query('begin; lock table application in exclusive mode');
    const data = join(scratch.path, 'unready');
    const address = `127.0.0.1:${await freePort()}`;
    const running = follow(
      spawnCordon(['serve', '--data', data, '--listen', address], { CORDON_DATABASE_URL: url }),
    );
    atEnd(context, async () => {
      running.child.kill('SIGKILL');
      await running.exit;
    });
    const asked = () => fetch(`http://${address}/readyz`).catch(() => null);
    const answer = await until('it listens', asked);
    assert.equal(answer.status, 503);
    assert.equal(
      ((await answer.json()) as { error: { message: string } }).error.message,
      'The server is starting.',
    );
    await holder.query('commit');
    await until('it is ready', async () => (await asked())?.status === 200);
    const credentials = await readAdministrator(data);
    assert.deepEqual(
      (
        await client({ url: `http://${address}`, credentials })
          .machines()
          .next()
      ).done,
      true,
    );
  });

  test('a database without anybody in it is not served without a place for the first credentials', async () => {
    const refused = await runCordon(['serve', '--listen', `127.0.0.1:${await freePort()}`], {
      CORDON_DATABASE_URL: await server.url('nobody'),
    });
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /--data DIR \(CORDON_DATA\) for the first start/);
  });
});
