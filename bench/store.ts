/**
 * How many requests for an action the store makes durable in a second, without the wire:
 * `node bench/store.ts [seconds] [machines] [in flight]`. Each on an idle machine: an action that was accepted is ended
 * by hand between the measured stretches, so that the measured units are requests only.
 */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { instantFrom } from '../src/contract/time.ts';
import type { Store } from '../src/store/port.ts';
import { openMemoryStore, openSqliteStore } from '../src/store/sqlite/index.ts';
import { enrolMachines, makeAction, makeMachine, makeRequest } from '../test/kit/store.ts';

const [seconds = 5, machines = 10_000, inFlight = 128] = process.argv.slice(2).map(Number);

/** A random GUID (version 4) or one whose first bits are the time (version 7), which keeps inserts together. */
const ids = {
  random: (): string => randomUUID(),
  ordered: (): string => {
    const time = Date.now().toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
  },
};

async function measure(
  store: Store,
  id: () => string,
): Promise<{ perSecond: number; p50: number; p99: number }> {
  const fleet = Array.from({ length: machines }, (_, number) => makeMachine(number));
  const latencies: number[] = [];
  let busy = 0;
  let next = 0;
  let done = 0;
  const loop = async (end: number): Promise<void> => {
    while (performance.now() < end && next < fleet.length) {
      const machine = fleet[next++] as (typeof fleet)[number];
      const now = instantFrom(Date.now());
      const action = makeAction(1, machine, { id: id(), createdAt: now, updatedAt: now, deadline: now });
      const start = performance.now();
      const { outcome } = await store.requestAction(makeRequest(action));
      if (outcome !== 'created') throw new Error(outcome);
      latencies.push(performance.now() - start);
      done += 1;
    }
  };
  const finish = async (): Promise<void> => {
    for (;;) {
      const overdue = await store.overdueActions(instantFrom(Date.now() + 1000), 2000);
      if (overdue.length === 0) return;
      const at = instantFrom(Date.now());
      await Promise.all(
        overdue.map((action) =>
          store.advanceAction({
            tenantId: action.tenantId,
            actionId: action.id,
            machineId: action.machineId,
            control: action.control,
            fromRevision: action.revision,
            status: 'Succeeded',
            at,
            deadline: null,
            cancellation: null,
            errorHResult: 0,
            desired: null,
            observed: null,
            event: { ...makeRequest(action).event, revision: 2, status: 'Succeeded' },
          }),
        ),
      );
    }
  };
  while (busy < seconds * 1000) {
    next = 0;
    // The order of machines differs from their order in the index.
    fleet.sort(() => Math.random() - 0.5);
    const start = performance.now();
    await Promise.all(Array.from({ length: inFlight }, () => loop(start + seconds * 1000 - busy)));
    busy += performance.now() - start;
    await finish();
  }
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    Number((latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2));
  return { perSecond: Math.round((done / busy) * 1000), p50: at(0.5), p99: at(0.99) };
}

const folder = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
try {
  for (const [kind, id] of Object.entries(ids)) {
    const path = join(folder, `${kind}.db`);
    await using store = await openSqliteStore({ path, pid: process.pid });
    const fleet = Array.from({ length: machines }, (_, number) => makeMachine(number));
    const start = performance.now();
    await enrolMachines(store, fleet);
    const enrolled = Math.round((machines / (performance.now() - start)) * 1000);
    const cpu = process.cpuUsage();
    const result = await measure(store, id);
    const { user, system } = process.cpuUsage(cpu);
    const count = new DatabaseSync(path, { readOnly: true })
      .prepare('select count(*) as n from machine_action')
      .get();
    console.log(`file, ${kind} ids:`, result, {
      enrolled,
      cpu: [user, system].map((n) => Math.round(n / 1e5) / 10),
      actions: count?.n,
      mb: statSync(path).size >> 20,
    });
  }
  await using memory = await openMemoryStore();
  await enrolMachines(
    memory,
    Array.from({ length: machines }, (_, number) => makeMachine(number)),
  );
  console.log('memory:', await measure(memory, ids.ordered));
} finally {
  rmSync(folder, { recursive: true });
}
