import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { readFleet } from '../../src/emulator/fleet-plan.ts';
import { missingTenants, readIssuers } from '../../src/server/issuers.ts';
import { readTls } from '../../src/server/serve.ts';
import { atEnd } from '../kit/at-end.ts';
import { scratchDirectory } from '../kit/leftovers.ts';
import { startServerProcess } from '../kit/server-process.ts';

const TENANT = '7c1e0d3a-0f0e-4c52-9a4f-3a1d0c6b5e21';
const FILE = JSON.stringify([
  {
    issuer: 'https://login.example.test/a',
    audience: 'cordon',
    tenants: { 'https://login.example.test/a': TENANT.toUpperCase() },
  },
  {
    issuer: 'https://login.example.test/b',
    audience: 'cordon',
    tenants: { one: TENANT, two: 'no-such-tenant', three: 'no-such-tenant' },
  },
]);

test('a tenant that tokens are mapped to and that is not there is found, once for each issuer', async (context) => {
  const { path: directory, remove } = scratchDirectory('issuers');
  atEnd(context, remove);
  const path = join(directory, 'issuers.json');
  await writeFile(path, FILE);
  const { issuers, sources } = await readIssuers(path);
  assert.equal(sources.length, 2);
  assert.deepEqual(missingTenants(issuers, [{ id: TENANT }]), [
    { issuer: 'https://login.example.test/b', tenant: 'no-such-tenant' },
  ]);
  assert.equal(missingTenants(issuers, []).length, 3);
  assert.deepEqual(missingTenants((await readIssuers(null)).issuers, []), []);
});

test('a file that is not there is named with its option and the remedy', async () => {
  const wanted = (option: string, file: string) =>
    new RegExp(`^${option} \\(CORDON_\\w+\\) names ${file}, which cannot be read: ENOENT.*Give the path of `);
  const tls = { certificate: '/nowhere/c.pem', key: '/nowhere/k.pem' };
  for (const [reading, option, file] of [
    [() => readIssuers('/nowhere/i.json'), '--issuer', '/nowhere/i.json'],
    [() => readTls(tls), '--tls-cert', '/nowhere/c.pem'],
    [() => readFleet('/nowhere/f.json'), '--fleet', '/nowhere/f.json'],
  ] as const) {
    await assert.rejects(reading, ({ message }: Error) => {
      assert.match(message, wanted(option, file));
      return true;
    });
  }
});

test('serve warns of it at its start, naming tenant and file', async (context) => {
  const { path: directory, remove } = scratchDirectory('issuers');
  atEnd(context, remove);
  const path = join(directory, 'issuers.json');
  await writeFile(path, FILE);
  await using server = await startServerProcess(['--issuer', path]);
  const { stderr } = server.process().output();
  const warnings = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ tenant }) => tenant === 'no-such-tenant');
  assert.deepEqual(
    warnings.map(({ level, file, issuer }) => [level, file, issuer]),
    [[40, path, 'https://login.example.test/b']],
  );
  assert.match(String(warnings[0]?.msg), /no-such-tenant, which does not exist/);
});
