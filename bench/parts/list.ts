import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { latencyOf } from '../../src/load/latency.ts';
import { machineId } from '../../test/kit/store.ts';
import { fillActions, fillMachines } from './fill.ts';
import { type Get, openLine } from './line.ts';
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

/** Reading lists of a large store, one call at a time, and what others lose while somebody reads all of it. */
export const list: Part = {
  name: 'list',
  figures: ['listP99Ms', 'listGrowth', 'scanVictimP99Ms'],
  how: "actions of ten tenants are written by SQL, which is not how they come, but the same rows and indexes. One machine has a tenth of its tenant's actions. A server of few and one of many actions take turns, one call at a time, so that the figure is cost and not queueing: 100 of each filter that do not count, 200 that do. For the last figure two callers read everything, one scan after the other, while a third asks for single machines.",
  minutes: 2,
  async run({ actions }, { directory, say }) {
    const filled: Filled[] = [];
    try {
      for (const size of [SMALL, actions]) filled.push(await fill(join(directory, String(size)), size, say));
      const [small = [], large = []] = await measured(
        await Promise.all(filled.map(({ line }) => line())),
        say,
      );
      await filled[0]!.served.stop();
      const victim = await besideScans(filled[1]!.line, say);
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
      for (const { served } of filled) await served.stop();
    }
  },
};

/** A server with so many actions. */
interface Filled {
  readonly served: Served;
  /** A connection of its own. */
  readonly line: () => Promise<Get>;
}

async function fill(directory: string, actions: number, say: (text: string) => void): Promise<Filled> {
  await mkdir(directory);
  const served = await startServed(directory);
  const path = join(directory, 'data', 'cordon.db');
  await served.stop();
  const begin = performance.now();
  await fillMachines(path, served.credentials.tenant);
  fillActions(path, actions);
  say(`${actions} actions written in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  await served.start();
  const token = await tokenOf(served);
  return { served, line: () => openLine(served.url, token) };
}

/** A token of the first administrator. */
async function tokenOf({ url, credentials }: Served): Promise<string> {
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
  return ((await answer.json()) as { access_token: string }).access_token;
}

/**
 * Milliseconds of the calls of each filter, by server. The servers take turns call by call: the machine is twice as fast in
 * one minute as in the next, which would count as growth.
 */
async function measured(gets: readonly Get[], say: (text: string) => void): Promise<number[][][]> {
  const all: number[][][] = gets.map(() => []);
  for (const path of FILTERS) {
    const times: number[][] = gets.map(() => []);
    for (let call = -WARM_UP; call < CALLS; call += 1) {
      for (const [at, get] of gets.entries()) {
        const { status, body, milliseconds } = await get(path);
        const { length } = (body as { value?: unknown[] }).value ?? [];
        if (status !== 200 || length !== 100)
          throw new Error(`${path} was answered with ${status} and ${length} entries.`);
        if (call >= 0) times[at]!.push(milliseconds);
      }
    }
    const found = times.map(latencyOf).map(({ p50, p99 }) => `p50 ${p50} ms, p99 ${p99} ms`);
    say(`${found.join('; ')}: ${path}`);
    for (const [at, of] of times.entries()) all[at]!.push(of);
  }
  return all;
}

/** Two callers read everything, one after the other, while a third asks for single things. */
async function besideScans(line: () => Promise<Get>, say: (text: string) => void): Promise<number[]> {
  let over = false;
  const statuses: Record<number, number> = {};
  const scanner = async () => {
    const get = await line();
    while (!over)
      for (const path of SCANS) {
        const { status } = await get(path);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
  };
  const scanners = [scanner(), scanner()];
  const times: number[] = [];
  const get = await line();
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
