/** Which files of the system become trusted, by dpkg's records, and how a prepared list is used and renewed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { createFapolicydDriver } from '../../../src/agent/drivers/fapolicyd/driver.ts';
import type { FapolicydOptions } from '../../../src/agent/drivers/fapolicyd/options.ts';
import { systemTrust } from '../../../src/agent/drivers/fapolicyd/trust-system.ts';
import { atEnd } from '../../kit/at-end.ts';
import { createFakeFapolicyd } from '../../kit/fapolicyd-fake.ts';
import { scratchDirectory } from '../../kit/leftovers.ts';

const SCRIPT = '#!/bin/sh\necho ';
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** A system of files and packages in a directory. */
function system(context: TestContext) {
  const { path: root, remove } = scratchDirectory('packages');
  atEnd(context, remove);
  const info = join(root, 'dpkg/info');
  mkdirSync(info, { recursive: true });
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync('usr/bin', join(root, 'bin'));
  const at = (name: string) => join(root, 'usr/bin', name);
  return {
    root,
    at,
    put: (name: string, content = SCRIPT + name) => writeFileSync(at(name), content, { mode: 0o755 }),
    install(name: string, files: readonly string[], { sums = true, directory = 'usr/bin' } = {}) {
      const paths = files.map((file) => join(root, directory, file));
      writeFileSync(join(info, `${name}.list`), `${[root, ...paths].join('\n')}\n`);
      const lines = paths.map((path, index) => `${md5(SCRIPT + files[index]!)}  ${path.slice(1)}\n`);
      if (sums) writeFileSync(join(info, `${name}.md5sums`), lines.join(''));
    },
    divert: (from: string, to: string, by: string) =>
      writeFileSync(join(root, 'dpkg/diversions'), `${at(from)}\n${at(to)}\n${by}\n`),
    on: (options: FapolicydOptions): FapolicydOptions => ({
      ...options,
      trust: { packageLists: info, roots: [], minimum: 1 },
    }),
  };
}

function world(context: TestContext) {
  const fake = createFakeFapolicyd({ version: '1.1.7-5', conf: 'permissive = 0\ntrust = file\n' });
  atEnd(context, () => fake[Symbol.dispose]());
  return { fake, packages: system(context) };
}

const paths = (files: readonly { path: string }[]) => files.map(({ path }) => path);

test('what packages installed is trusted, and nothing beside it, whatever directory it hides in', async (context) => {
  const { fake, packages } = world(context);
  packages.put('mine');
  packages.put('stranger');
  packages.install('one:amd64', ['mine'], { directory: 'bin' });
  const found = await systemTrust(packages.on(fake.options), true);
  assert.deepEqual(paths(found.files), [packages.at('mine')]);
  assert.deepEqual([found.changed, found.unverified], [[], 0]);
});

test('a file that is not what its package installed is left out and named', async (context) => {
  const { fake, packages } = world(context);
  packages.put('mine', `${SCRIPT}an intruder's`);
  packages.put('whole');
  packages.install('one', ['mine', 'whole']);
  const found = await systemTrust(packages.on(fake.options), true);
  assert.deepEqual(paths(found.files), [packages.at('whole')]);
  assert.deepEqual(found.changed, [packages.at('mine')]);
});

test('a file without a checksum is taken as it is, and counted', async (context) => {
  const { fake, packages } = world(context);
  packages.put('mine', `${SCRIPT}edited`);
  packages.install('one', ['mine'], { sums: false });
  const found = await systemTrust(packages.on(fake.options), true);
  assert.deepEqual([paths(found.files), found.unverified], [[packages.at('mine')], 1]);
});

test('a diverted file is looked for where it was diverted to', async (context) => {
  const { fake, packages } = world(context);
  packages.put('tool', `${SCRIPT}tool of two`);
  packages.put('tool.distrib', `${SCRIPT}tool`);
  packages.install('one', ['tool']);
  packages.install('two', ['tool'], { sums: false });
  packages.divert('tool', 'tool.distrib', 'two');
  const found = await systemTrust(packages.on(fake.options), true);
  assert.deepEqual(paths(found.files), [packages.at('tool'), packages.at('tool.distrib')]);
  assert.deepEqual(found.changed, []);
});

test('a prepared list stays what it was until packages change, so a later intruder is not in it', async (context) => {
  const { fake, packages } = world(context);
  packages.put('mine');
  packages.install('one', ['mine'], { sums: false });
  const options = packages.on(fake.options);
  const prepared = await systemTrust(options, false);
  packages.put('mine', `${SCRIPT}an intruder's`);
  assert.deepEqual(await systemTrust(options, false), prepared);
  appendFileSync(fake.options.packageStatus!, '\nPackage: another\n');
  assert.notDeepEqual((await systemTrust(options, false)).files, prepared.files);
});

test('while restricted, what a package update brings becomes trusted, and it is no drift', async (context) => {
  const { fake, packages } = world(context);
  packages.put('old');
  packages.install('one', ['old']);
  const driver = createFapolicydDriver(packages.on(fake.options), fake.substitutes);
  const applied = await driver.apply('restricted');
  assert.equal(applied.ok, true, JSON.stringify(applied));
  fake.calls.length = 0;
  packages.put('new');
  packages.put('stranger');
  packages.install('two', ['new']);
  const { ready, detail } = await driver.prepare!();
  assert.equal(ready, true, detail);
  assert.deepEqual(fake.calls, ['--update', '--dump-db']);
  const [, trust] = Object.entries(fake.files()).find(([path]) => path.endsWith('cordon.trust'))!;
  assert.ok(trust.includes(packages.at('new')));
  assert.ok(!trust.includes(packages.at('stranger')));
  assert.equal((await driver.observe()).intact, true);
});

test('a list that was edited by hand is drift, and is not made good silently', async (context) => {
  const { fake, packages } = world(context);
  packages.put('old');
  packages.install('one', ['old']);
  const driver = createFapolicydDriver(packages.on(fake.options), fake.substitutes);
  await driver.apply('restricted');
  writeFileSync(join(fake.options.configuration, 'trust.d/cordon.trust'), '/an/intruders 1 00\n');
  await driver.prepare!();
  assert.equal((await driver.observe()).intact, false);
});

test('preparing on a device that is the owner’s touches nothing of fapolicyd', async (context) => {
  const { fake, packages } = world(context);
  packages.put('old');
  packages.install('one', ['old']);
  const before = fake.files();
  const driver = createFapolicydDriver(packages.on(fake.options), fake.substitutes);
  assert.match((await driver.prepare!()).detail, /files stay allowed/);
  assert.deepEqual([fake.files(), fake.calls], [before, []]);
});

test('a system that has lost its packages is not ready, and says why', async (context) => {
  const { fake, packages } = world(context);
  const options = packages.on(fake.options);
  const driver = createFapolicydDriver(
    { ...options, trust: { ...options.trust, minimum: 300 } },
    fake.substitutes,
  );
  const { ready, detail } = await driver.prepare!();
  assert.equal(ready, false);
  assert.match(detail, /fewer than the 300/);
  rmSync(packages.root, { recursive: true });
});
