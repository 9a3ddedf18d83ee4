import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { pino } from 'pino';
import { CordonError } from '../../src/domain/error.ts';
import { listenForScrapes } from '../../src/server/metrics/listen.ts';
import { createMetrics } from '../../src/server/metrics/metrics.ts';
import { METRICS, PROCESS_METRICS } from '../../src/server/metrics/table.ts';
import { startWorld } from '../kit/world.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const log = pino({ level: 'silent' });

/** A world whose metrics the test reads as a scraper would. The store is counted at every reading. */
async function startMetered(options: Parameters<typeof startWorld>[0] = {}) {
  let now = 0;
  const metrics = createMetrics(() => {
    now += 10_000;
    return now;
  });
  const world = await startWorld({ ...options, metrics });
  const read = async () => seriesOf(await metrics.text());
  return { world, metrics, read, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** By name with labels, in the form of the exposition. */
function seriesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

test('calls are counted by operation, status and error code, whatever the machine', async () => {
  await using metered = await startMetered();
  const { world, read } = metered;
  const devices = [await world.device('one.cordon.test'), await world.device('two.cordon.test')];
  await world.restrict(devices[0]!.machineId);
  await world.restrict(devices[1]!.machineId);
  await world.call('POST', `/api/machines/${devices[1]!.machineId}/restrictCodeExecution`, {
    body: { Comment: 'again' },
  });
  await world.call('GET', '/nothing/here');
  await world.until(
    async () => (await read()).get('cordon_calls_total{operation="other",status="404"}') === 1,
  );
  const now = await read();
  assert.equal(now.get('cordon_calls_total{operation="restrictCodeExecution",status="201"}'), 2);
  assert.equal(now.get('cordon_calls_total{operation="restrictCodeExecution",status="400"}'), 1);
  assert.equal(
    now.get('cordon_call_errors_total{operation="restrictCodeExecution",code="ActiveRequestAlreadyExists"}'),
    1,
  );
  assert.equal(now.get('cordon_call_duration_seconds_count{operation="restrictCodeExecution"}'), 3);
  assert.equal(now.get('cordon_calls_total{operation="enrol",status="201"}'), 2);
  const names = [...now.keys()].join('\n');
  for (const { machineId } of devices)
    assert.ok(!names.includes(machineId), 'no series of its own for a machine');
});

test('a caller at its rate limit is seen', async () => {
  await using metered = await startMetered({ rateLimit: { perMinute: 1, perHour: 10 } });
  const { world, read } = metered;
  await world.get('/api/machines');
  await world.get('/api/machines');
  const name = 'cordon_call_errors_total{operation="listMachines",code="TooManyRequests"}';
  await world.until(async () => (await read()).get(name) === 1);
});

test('actions are counted while they are active, with the age of the oldest, and each change of status once', async () => {
  await using metered = await startMetered();
  const { world, read } = metered;
  const device = await world.device();
  await world.restrict(device.machineId);
  world.time.step(90_000);
  const before = await read();
  assert.equal(before.get('cordon_actions_active{status="Pending"}'), 1);
  assert.equal(before.get('cordon_actions_active{status="InProgress"}'), 0);
  assert.equal(before.get('cordon_oldest_active_action_seconds{status="Pending"}'), 90);
  const order = await device.next();
  await device.accept(order);
  await device.prove(order);
  const after = await read();
  assert.equal(after.get('cordon_actions_active{status="Pending"}'), 0);
  assert.equal(after.get('cordon_oldest_active_action_seconds{status="Pending"}'), 0);
  for (const status of ['InProgress', 'Succeeded'])
    assert.equal(
      after.get(`cordon_action_transitions_total{control="codeExecution",status="${status}"}`),
      1,
      status,
    );
});

test('a device that waits is connected, and one that fell silent is overdue', async () => {
  await using metered = await startMetered();
  const { world, read } = metered;
  const device = await world.device();
  const waiting = device.exchange({ waitSeconds: 30 });
  await world.until(async () => (await read()).get('cordon_devices_waiting') === 1);
  assert.equal((await read()).get('cordon_devices_overdue'), 0);
  await world.restrict(device.machineId);
  await waiting;
  world.time.step(4 * 60_000);
  const now = await read();
  assert.equal(now.get('cordon_devices_waiting'), 0);
  assert.equal(now.get('cordon_devices_overdue'), 1);
  assert.equal(now.get('cordon_call_duration_seconds_count{operation="exchange"}'), undefined);
});

test('tokens are counted, and refusals by reason', async () => {
  await using metered = await startMetered();
  const { world, read } = metered;
  const issued = (await read()).get('cordon_tokens_issued_total') ?? 0;
  await (await world.client(['Machine.Read.All'])).token();
  const form = { grant_type: 'client_credentials', client_id: crypto.randomUUID(), client_secret: 'x' };
  await fetch(`${world.url}/Contoso/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) });
  const now = await read();
  assert.equal(now.get('cordon_tokens_issued_total'), issued + 1);
  assert.equal(now.get('cordon_token_refusals_total{reason="unknownClient"}'), 1);
});

test('when the store cannot count, old numbers do not pass for present ones', async () => {
  await using metered = await startMetered({ expectsFaults: true });
  const { world, read } = metered;
  assert.equal((await read()).get('cordon_devices_overdue'), 0);
  world.faults.fail('tally', new CordonError('ServiceUnavailable', 'no'));
  const now = await read();
  assert.equal(now.get('cordon_devices_overdue'), undefined);
  assert.equal(now.get('cordon_actions_active{status="Pending"}'), undefined);
  assert.equal(now.get('cordon_scrape_failures_total'), 1);
  world.faults.heal();
  assert.equal((await read()).get('cordon_devices_overdue'), 0);
});

test('the metrics are those of the table, and the process metrics that the documents name', async () => {
  await using metered = await startMetered();
  const text = await metered.metrics.text();
  const named = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!] as const);
  assert.deepEqual(
    named.filter(([name]) => name.startsWith('cordon_')),
    Object.entries(METRICS).map(([name, { type }]) => [name, type]),
  );
  const all = new Set(named.map(([name]) => name));
  assert.deepEqual(
    Object.keys(PROCESS_METRICS).filter((name) => !all.has(name)),
    [],
  );
});

test('without a token only this machine is served, and only under its own names', async () => {
  await using listener = await listenForScrapes({
    metrics: createMetrics(() => 0),
    listen: LOOPBACK,
    token: null,
    tls: null,
    log,
  });
  const answer = await fetch(listener.url);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.match(await answer.text(), /^# HELP cordon_calls_total /m);
  assert.equal((await fetch(new URL('/', listener.url))).status, 404);
  assert.equal((await fetch(listener.url, { method: 'POST', body: 'x' })).status, 405);
  const { port } = new URL(listener.url);
  const foreign = await raw(Number(port), 'GET /metrics HTTP/1.1\r\nHost: rebound.example.test\r\n\r\n');
  assert.match(foreign, /^HTTP\/1\.1 403/);
  await assert.rejects(
    listenForScrapes({
      metrics: createMetrics(() => 0),
      listen: { host: '0.0.0.0', port: 0 },
      token: null,
      tls: null,
      log,
    }),
    /--metrics-token FILE/,
  );
});

test('with a token every scrape needs it', async () => {
  await using listener = await listenForScrapes({
    metrics: createMetrics(() => 0),
    listen: LOOPBACK,
    token: 'a-token-of-the-scraper',
    tls: null,
    log,
  });
  const scrape = (authorization?: string) =>
    fetch(listener.url, authorization === undefined ? {} : { headers: { authorization } });
  assert.equal((await scrape()).status, 401);
  assert.equal((await scrape('Bearer a-token-of-the-scrapeR')).status, 401);
  assert.equal((await scrape('Bearer a-token-of-the-scraper')).status, 200);
});

test('a connection beyond the most is closed unheard and counted', async () => {
  await using metered = await startMetered({ maxConnections: 1 });
  const { world, read } = metered;
  const { hostname, port } = new URL(world.url);
  const first = connect(Number(port), hostname);
  await new Promise((resolve) => first.once('connect', resolve));
  await world.until(async () => {
    const other = connect(Number(port), hostname).on('error', () => {});
    await new Promise((resolve) => other.once('close', resolve));
    return ((await read()).get('cordon_connections_refused_total') ?? 0) > 0;
  });
  first.destroy();
});

test('the address of the API serves no metrics', async () => {
  await using metered = await startMetered();
  assert.equal((await metered.world.get('/metrics')).status, 404);
});

/** What a server answers to bytes. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (part) => {
      text += part;
      socket.end();
    });
    socket.on('close', () => resolve(text)).on('error', reject);
  });
}

test('an address that is in use is told with the option of the metrics, not of the API', async () => {
  const metrics = createMetrics(() => 0);
  const options = { metrics, token: null, tls: null, log };
  await using first = await listenForScrapes({ ...options, listen: LOOPBACK });
  const listen = { ...LOOPBACK, port: Number(new URL(first.url).port) };
  await assert.rejects(listenForScrapes({ ...options, listen }), (error: Error) => {
    assert.match(error.message, /^--metrics-listen \(CORDON_METRICS_LISTEN\).*EADDRINUSE/);
    assert.equal(error.cause, undefined);
    return true;
  });
});

test('what an alert asks the increase of is there from the start', async () => {
  const series = seriesOf(await createMetrics(() => 0).text());
  const first = [
    'cordon_action_transitions_total{control="codeExecution",status="Failed"}',
    'cordon_action_transitions_total{control="codeExecution",status="TimeOut"}',
    'cordon_overload_refusals_total{pool="callers"}',
    'cordon_overload_refusals_total{pool="strangers"}',
    'cordon_connections_refused_total',
    'cordon_log_lines_dropped_total',
  ];
  for (const name of first) assert.equal(series.get(name), 0, name);
});
