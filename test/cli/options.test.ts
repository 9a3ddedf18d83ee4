import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { UsageError } from '../../src/cli/usage-error.ts';
import {
  parseAddress,
  parseDuration,
  parseListen,
  parseRateLimit,
  parseRetention,
} from '../../src/cli/values.ts';
import type { EmulateOptions, ServeOptions } from '../../src/contract/run-options.ts';
import { runCommand } from '../kit/command.ts';

test('durations are read in both forms, to the same milliseconds', () => {
  const rows: [string, number][] = [
    ['200', 200],
    ['200ms', 200],
    ['0', 0],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['3d', 259_200_000],
    ['P3D', 259_200_000],
    ['PT1H', 3_600_000],
    ['PT1H30M', 5_400_000],
    ['P1DT0.2S', 86_400_200],
    ['P2W', 1_209_600_000],
    ['pt5s', 5000],
  ];
  for (const [written, milliseconds] of rows) assert.equal(parseDuration(written), milliseconds, written);
  for (const wrong of [
    '',
    'P',
    'PT',
    'P3',
    'P1DT',
    'soon',
    '-1',
    '5 m',
    '5M5',
    'P1Y',
    'P1M',
    '400d',
    '1e9',
  ]) {
    assert.throws(() => parseDuration(wrong), UsageError, wrong);
  }
});

test('addresses to listen on are read in every usual form', () => {
  const rows: [string, string, number][] = [
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    ['localhost:0', 'localhost', 0],
    ['[::1]:8443', '::1', 8443],
    [':8080', '0.0.0.0', 8080],
    ['8080', '127.0.0.1', 8080],
  ];
  for (const [written, host, port] of rows) assert.deepEqual(parseListen(written), { host, port }, written);
  for (const wrong of ['', 'host', 'host:', 'host:http', '::1:80', '1.2.3.4:65536', 'http://x:1']) {
    assert.throws(() => parseListen(wrong), UsageError, wrong);
  }
});

test('whatever is written, a reader gives a value or says how to write one', () => {
  const readers = [parseDuration, parseRetention, parseListen, parseRateLimit, parseAddress];
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...readers), (written, read) => {
      try {
        read(written);
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
      }
    }),
  );
});

test('actions are kept for whole days, longer than an idempotency key is', () => {
  assert.equal(parseRetention('P180D'), 180 * 86_400_000);
  assert.equal(parseRetention('730d'), 730 * 86_400_000);
  for (const wrong of ['P1D', '0d', '180', 'PT48H', '-2d', 'P40000D', 'P2W']) {
    assert.throws(() => parseRetention(wrong), UsageError, wrong);
  }
});

test('an address loses its slashes and may carry no secret, no query', () => {
  assert.equal(parseAddress('https://cordon.example.org/'), 'https://cordon.example.org');
  for (const wrong of ['cordon', 'ftp://x', 'https://user:pass@x', 'https://x/?a=b', 'https://x/#y']) {
    assert.throws(() => parseAddress(wrong), UsageError, wrong);
  }
});

test('serve is told everything with its presets', async () => {
  const { status, ran } = await runCommand(['serve', '--data', '/tmp/x']);
  assert.equal(status, 0);
  assert.deepEqual(ran.serve, {
    data: '/tmp/x',
    databaseUrl: null,
    drain: 0,
    listen: { host: '127.0.0.1', port: 8080 },
    publicUrl: null,
    tls: null,
    issuerFile: null,
    pendingTimeout: 259_200_000,
    progressTimeout: 3_600_000,
    serverKeyAge: null,
    retainActions: null,
    rateLimit: { perMinute: 100, perHour: 1500 },
    maxConnections: 20_000,
    metricsListen: null,
    metricsTokenFile: null,
    trustProxy: [],
    webhookAllow: [],
    logLevel: 'info',
  } satisfies ServeOptions);
});

test('every option of serve comes from the environment too, and the command line goes before it', async () => {
  const environment = {
    CORDON_DATA: '/tmp/e',
    CORDON_DATABASE_URL: 'postgres://cordon:hidden@db.example.org/cordon',
    CORDON_DRAIN: '20s',
    CORDON_LISTEN: '[::1]:9',
    CORDON_PUBLIC_URL: 'https://c.example.org/',
    CORDON_TLS_CERT: 'c.pem',
    CORDON_TLS_KEY: 'k.pem',
    CORDON_ISSUER: 'i.json',
    CORDON_PENDING_TIMEOUT: 'PT1M',
    CORDON_PROGRESS_TIMEOUT: '2s',
    CORDON_SERVER_KEY_AGE: 'P90D',
    CORDON_RETAIN_ACTIONS: 'P180D',
    CORDON_RATE_LIMIT: 'off',
    CORDON_MAX_CONNECTIONS: '500',
    CORDON_METRICS_LISTEN: '[::1]:9464',
    CORDON_METRICS_TOKEN: 'm.token',
    CORDON_TRUST_PROXY: 'loopback, 10.0.0.0/8',
    CORDON_LOG_LEVEL: 'DEBUG',
  };
  const { ran } = await runCommand(['serve', '--listen', '127.0.0.1:7'], { environment });
  assert.deepEqual(ran.serve, {
    data: '/tmp/e',
    databaseUrl: 'postgres://cordon:hidden@db.example.org/cordon',
    drain: 20_000,
    listen: { host: '127.0.0.1', port: 7 },
    publicUrl: 'https://c.example.org',
    tls: { certificate: 'c.pem', key: 'k.pem' },
    issuerFile: 'i.json',
    pendingTimeout: 60_000,
    progressTimeout: 2000,
    serverKeyAge: 90 * 86_400_000,
    retainActions: 15_552_000_000,
    rateLimit: null,
    maxConnections: 500,
    metricsListen: { host: '::1', port: 9464 },
    metricsTokenFile: 'm.token',
    trustProxy: ['loopback', '10.0.0.0/8'],
    webhookAllow: [],
    logLevel: 'debug',
  } satisfies ServeOptions);
});

test('serve takes a database in place of a directory, drains by then, and tells no password when it refuses one', async () => {
  const url = 'postgresql://db.example.org/cordon';
  const { ran } = await runCommand(['serve', '--database-url', url]);
  const { data, databaseUrl, drain } = ran.serve as ServeOptions;
  assert.deepEqual([data, databaseUrl, drain], [null, url, 5000]);
  const neither = await runCommand(['serve']);
  assert.equal(neither.status, 2);
  assert.match(
    neither.stderr,
    /--data \(or CORDON_DATA\) is needed, or --database-url \(or CORDON_DATABASE_URL\)/,
  );
  const other = await runCommand(['serve', '--database-url', 'mysql://cordon:hidden@db/cordon']);
  assert.equal(other.status, 2);
  assert.match(other.stderr, /postgres:\/\//);
  const slash = await runCommand(['serve', '--database-url', 'postgres://cordon:12/hidden@db/cordon']);
  assert.equal(slash.status, 2);
  assert.doesNotMatch(other.stderr + slash.stderr, /hidden/);
});

test('emulate is told everything with its presets, and a flag of the environment can be taken back', async () => {
  const environment = { CORDON_ALLOW_REMOTE: '1', CORDON_WELL_KNOWN_SECRET: 'true', CORDON_DATA: '' };
  const { status, ran } = await runCommand(['emulate', '--no-allow-remote', '--no-well-known-secret'], {
    environment,
  });
  assert.equal(status, 0);
  assert.deepEqual(ran.emulate, {
    data: null,
    listen: { host: '127.0.0.1', port: 8080 },
    publicUrl: null,
    tls: null,
    fleetFile: null,
    faultsFile: null,
    rateLimit: { perMinute: 100, perHour: 1500 },
    delay: 200,
    reset: false,
    allowRemote: false,
    webhookAllow: [],
    secret: null,
    logLevel: 'warn',
  } satisfies EmulateOptions);
});

test('what everybody knows is not offered to other machines by accident', async () => {
  const refused: string[][] = [
    ['--listen', ':8080'],
    ['--listen', '10.0.0.1:8080'],
    ['--allow-remote'],
    ['--allow-remote', '--secret', 's', '--well-known-secret'],
    ['--reset'],
    ['--tls', 'self-signed', '--tls-cert', 'c', '--tls-key', 'k'],
    ['--tls-cert', 'c'],
  ];
  for (const words of refused) {
    const { status, ran, stderr } = await runCommand(['emulate', ...words]);
    assert.deepEqual([status, ran.emulate], [2, undefined], words.join(' '));
    assert.match(stderr, /--[a-z]/);
  }
  const open = await runCommand(['emulate', '--listen', ':1', '--allow-remote', '--secret', 's']);
  assert.equal((open.ran.emulate as EmulateOptions).secret, 's');
  const known = await runCommand(['emulate', '--listen', ':1', '--allow-remote', '--well-known-secret']);
  assert.deepEqual([known.status, (known.ran.emulate as EmulateOptions).secret], [0, null]);
});

test('a wrong value names the place it came from, and only the verb that reads it minds', async () => {
  const environment = { CORDON_DELAY: 'soon' };
  const wrong = await runCommand(['emulate'], { environment });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /CORDON_DELAY takes a duration/);
  const option = await runCommand(['emulate', '--delay', 'later'], { environment });
  assert.match(option.stderr, /--delay takes a duration/);
  assert.equal((await runCommand(['demo'], { environment })).status, 0);
  const flag = await runCommand(['demo'], { environment: { CORDON_EXIT: 'perhaps' } });
  assert.match(flag.stderr, /CORDON_EXIT is switched with 1 or 0/);
});

test('what is needed and absent is named with option and variable', async () => {
  const { status, stderr } = await runCommand(['serve']);
  assert.equal(status, 2);
  assert.match(stderr, /--data \(or CORDON_DATA\) is needed/);
  assert.match(stderr, /See: cordon serve --help/);
});

test('a slip in a verb or an option is met with the right word', async () => {
  assert.match((await runCommand(['machine'])).stderr, /Did you mean machines\?.*\n.*cordon --help/);
  assert.match(
    (await runCommand(['serve', '--dta', 'x'])).stderr,
    /Did you mean --data\?.*\n.*cordon serve --help/,
  );
  assert.match((await runCommand(['app', 'creat'])).stderr, /Did you mean create\?.*\n.*cordon app --help/);
  assert.match((await runCommand(['demo', 'x'])).stderr, /too many arguments/);
});

test('a server that cannot start says what to change', async () => {
  const failure = Object.assign(new Error('listen EADDRINUSE: address already in use 127.0.0.1:8080'), {
    code: 'EADDRINUSE',
  });
  const { status, stderr } = await runCommand(['emulate'], { failure });
  assert.equal(status, 3);
  assert.match(stderr, /EADDRINUSE[\s\S]*--listen \(CORDON_LISTEN\)/);
  assert.doesNotMatch(stderr, /at .*\.ts:\d+/);
});

test('the agent is told what the device needs', async () => {
  const enrolled = await runCommand(
    ['agent', 'enrol', '--url', 'https://c.example.org/', '--driver', 'observe', '--json'],
    {
      environment: { CORDON_ENROLMENT_TOKEN: 'token' },
    },
  );
  assert.deepEqual(enrolled.ran.agentEnrol, {
    url: 'https://c.example.org',
    token: 'token',
    data: '/var/lib/cordon-agent',
    driver: 'observe',
    caFile: null,
    insecureHttp: false,
  });
  assert.equal(JSON.parse(enrolled.stdout).machineId, 'm');
  const ran = await runCommand(['agent', 'run', '--data', 'd', '--drift-check', '30s']);
  const all = ['userNamespaces', 'openingUntrusted', 'fuseMounts', 'memoryPrograms'];
  const leftOpen = Object.fromEntries(all.map((name) => [name, false]));
  assert.deepEqual(ran.ran.agentRun, { data: 'd', logLevel: 'info', leftOpen, driftSeconds: 30 });
  const allowing = ['--allow-user-namespaces', '--allow-memory-programs', '--allow-fuse-mounts'];
  const environment = { CORDON_ALLOW_OPENING_UNTRUSTED: '1' };
  const open = await runCommand(['agent', 'run', ...allowing], { environment });
  assert.deepEqual(open.ran.agentRun, {
    data: '/var/lib/cordon-agent',
    logLevel: 'info',
    leftOpen: Object.fromEntries(all.map((name) => [name, true])),
  });
  const status = await runCommand(['agent', 'status']);
  assert.match(status.stdout, /machine id: m\nreports waiting: 0/);
});
