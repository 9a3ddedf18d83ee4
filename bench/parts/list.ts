import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { latencyOf } from '../../src/load/latency.ts';
import { machineId } from '../../test/kit/store.ts';
import { fillActions, fillMachines } from './fill.ts';
import type { Part } from './part.ts';
import { type Served, startServed } from './served.ts';

const TOP = '$top=100';
/** The filters that the vendor's pages show: three of actions and two of machines. */
const FILTERS: readonly string[] = [
  `/api/machineactions?$filter=machineId eq '${machineId(0)}'&${TOP}`,
  `/api/machineactions?$filter=requestor eq 'ana@example.test' and type eq 'RunAntiVirusScan'&${TOP}`,
  `/api/machineactions?$filter=status eq 'Pending' and creationDateTimeUtc ge 2026-01-01T00:00:00Z&$skip=50&${TOP}`,
  `/api/machines?$filter=startswith(computerDnsName,'ws-')&${TOP}`,
  `/api/machines?$filter=healthStatus ne 'Active'&${TOP}`,
];
/** What no index helps with. */
const SCANS: readonly string[] = [
  `/api/machineactions?$filter=contains(requestor,'nobody')&$count=true&$top=1`,
  '/api/machineactions?$orderby=requestor desc,machineId asc&$top=1',
  `/api/machineactions/$count?$filter=contains(requestor,'ana')`,
];
const CALLS = 200;
const WARM_UP = 100;
const SMALL = 10_000;

type Get = (path: string) => Promise<{ status: number; entries: number; milliseconds: number }>;

/** Reading lists of a large store, one call at a time, and what others lose while somebody reads all of it. */
export const list: Part = {
  name: 'list',
  figures: ['listP99Ms', 'listGrowth', 'scanVictimP99Ms'],
  how: "actions of ten tenants are written by SQL, which is not how they come, but the same rows and indexes. One machine has a tenth of its tenant's actions. One call at a time, so that the figure is cost and not queueing: 100 of each filter that do not count, 200 that do. For the last figure two callers read everything, one scan after the other, while a third asks for single machines.",
  minutes: 2,
  async run({ actions }, { directory, say }) {
    const served = await startServed(directory);
    const path = join(directory, 'data', 'cordon.db');
    await served.stop();
    await fillMachines(path, served.credentials.tenant);
    const filled = async (size: number) => {
      const begin = performance.now();
      fillActions(path, size);
      say(`${size} actions written in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
      await served.start();
      return getter(served);
    };
    try {
      const small = await measured(await filled(SMALL), say);
      await served.stop();
      const get = await filled(actions);
      const large = await measured(get, say);
      const victim = await besideScans(get, say);
      return {
        figures: {
          listP99Ms: latencyOf(large.flat()).p99,
          // The filter that grows most; a median over all of them would hide it.
          listGrowth: Math.max(
            ...large.map((times, at) => {
              const growth = latencyOf(times).p50! / latencyOf(small[at]!).p50!;
              return Math.round(growth * 100) / 100;
            }),
          ),
          scanVictimP99Ms: latencyOf(victim).p99,
        },
      };
    } finally {
      await served.stop();
    }
  },
};

/** Calls over kept connections, as the first administrator. */
async function getter({ url, credentials }: Served): Promise<Get> {
  const { tenant, clientId, clientSecret } = credentials;
  const answer = await fetch(`${url}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://api.securitycenter.microsoft.com/.default',
    }),
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  const agent = new Agent({ keepAlive: true });
  return async (path) => {
    const begin = performance.now();
    const call = request(`${url}${path.replaceAll(' ', '+')}`, {
      agent,
      headers: { authorization: `Bearer ${access_token}` },
    }).end();
    const [reply] = await once(call, 'response');
    const text = (await reply.setEncoding('utf8').toArray()).join('');
    const milliseconds = performance.now() - begin;
    const body = JSON.parse(text) as { value?: unknown[] };
    return { status: reply.statusCode as number, entries: body.value?.length ?? 0, milliseconds };
  };
}

/** Milliseconds of the calls of each filter. */
async function measured(get: Get, say: (text: string) => void): Promise<number[][]> {
  const all: number[][] = [];
  for (const path of FILTERS) {
    const times: number[] = [];
    for (let call = -WARM_UP; call < CALLS; call += 1) {
      const { status, entries, milliseconds } = await get(path);
      if (status !== 200 || entries !== 100)
        throw new Error(`${path} was answered with ${status} and ${entries} entries.`);
      if (call >= 0) times.push(milliseconds);
    }
    const { p50, p99 } = latencyOf(times);
    say(`p50 ${p50} ms, p99 ${p99} ms: ${path}`);
    all.push(times);
  }
  return all;
}

/** Two callers read everything, one after the other, while a third asks for single things. */
async function besideScans(get: Get, say: (text: string) => void): Promise<number[]> {
  let over = false;
  const statuses: Record<number, number> = {};
  const scanner = async () => {
    while (!over)
      for (const path of SCANS) {
        const { status } = await get(path);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
  };
  const scanners = [scanner(), scanner()];
  const times: number[] = [];
  for (let call = 0; call < 5 * CALLS; call += 1) {
    const { status, milliseconds } = await get(`/api/machines/${machineId(call % 100)}`);
    if (status !== 200) throw new Error(`A call beside the scans was answered with ${status}.`);
    times.push(milliseconds);
  }
  over = true;
  await Promise.all(scanners);
  say(`answers of the scans by status: ${JSON.stringify(statuses)}`);
  return times;
}
