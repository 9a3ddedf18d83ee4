/** The image and the compose file, as far as they can be judged without a container. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { serve } from '../../src/cli/commands/serve.ts';
import { variableOf } from '../../src/cli/option.ts';
import { atEnd } from '../kit/at-end.ts';
import { scratchDirectory } from '../kit/leftovers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const file = (path: string) => readFileSync(join(ROOT, 'packaging', path), 'utf8');
const compose = parse(file('docker/compose.yaml'), { strict: true, uniqueKeys: true });
const SH = process.platform === 'win32' ? 'needs a shell' : false;

/** What `cordon serve` takes from variables. */
const VARIABLES = Object.entries(serve.options).map(([name, row]) => variableOf(name, row));

test('the compose file names only options of the server, and each secret and volume that it uses', () => {
  const { cordon, database } = compose.services;
  for (const name of Object.keys(cordon.environment))
    assert.ok(VARIABLES.includes(name.replace(/_FILE$/, '')), name);
  const used = [...cordon.secrets, ...database.secrets];
  assert.deepEqual(used.sort(), Object.keys(compose.secrets).sort());
  for (const mount of [...cordon.volumes, ...database.volumes])
    assert.ok(mount.split(':')[0]! in compose.volumes, mount);
  for (const network of [...cordon.networks, ...database.networks])
    assert.ok(network in compose.networks, network);
});

test('in the compose file the server has a root that is read only, no capability, and time to end in order', () => {
  const { cordon, database } = compose.services;
  assert.equal(cordon.read_only, true);
  assert.deepEqual(cordon.cap_drop, ['ALL']);
  assert.equal(cordon.depends_on.database.condition, 'service_healthy');
  assert.ok(
    Number.parseInt(cordon.stop_grace_period, 10) > Number.parseInt(cordon.environment.CORDON_DRAIN, 10) + 55,
  );
  assert.deepEqual(cordon.ports, ['127.0.0.1:8080:8080']);
  assert.equal(database.ports, undefined);
});

test('the image runs as a user without rights, and copies only what is there', () => {
  const text = file('docker/Dockerfile');
  const last = text.slice(text.lastIndexOf('\nFROM '));
  assert.match(last, /^USER \d+:\d+$/m);
  assert.match(last, /^HEALTHCHECK .* cordon health \|\| exit 1$/m);
  const allowed = file('docker/Dockerfile.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  for (const line of allowed) assert.notDeepEqual(globSync(line.slice(1), { cwd: ROOT }), [], line);
});

test('settings of the unit and of its example are options of the server', () => {
  const example = [...file('systemd/server.env.example').matchAll(/^#?(CORDON_\w+)=/gm)];
  const unit = [...file('systemd/cordon.service').matchAll(/^Environment=(CORDON_\w+)=/gm)];
  assert.ok(example.length > 0 && unit.length > 0);
  for (const [, name = ''] of [...example, ...unit]) assert.ok(VARIABLES.includes(name), name);
});

test('the entry of the image takes secrets from files, and says which cannot be read', {
  skip: SH,
}, (context) => {
  const scratch = scratchDirectory('entry');
  atEnd(context, scratch.remove);
  const at = (name: string) => join(scratch.path, name);
  mkdirSync(at('bin'));
  writeFileSync(at('bin/cordon'), '#!/bin/sh\necho "$*"; env | grep ^CORDON_ | sort\n');
  chmodSync(at('bin/cordon'), 0o755);
  writeFileSync(at('url'), 'postgres://cordon:it\'s $(id) "x"@db/cordon\n');
  const enter = (named: string) =>
    spawnSync('/bin/sh', [join(ROOT, 'packaging/docker/entrypoint.sh'), 'serve', '--log-level', 'warn'], {
      encoding: 'utf8',
      env: { PATH: `${at('bin')}:/usr/bin:/bin`, CORDON_DATABASE_URL_FILE: named, CORDON_LISTEN: ':8080' },
    });
  assert.deepEqual(enter(at('url')).stdout.trimEnd().split('\n'), [
    'serve --log-level warn',
    `CORDON_DATABASE_URL=postgres://cordon:it's $(id) "x"@db/cordon`,
    'CORDON_LISTEN=:8080',
  ]);
  const refused = enter(at('nothing'));
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /CORDON_DATABASE_URL_FILE names .*nothing, which cannot be read by user/);
  assert.equal(refused.stdout, '');
});
