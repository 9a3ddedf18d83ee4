import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { millisecondsOf } from '../../contract/time.ts';
import type { CallMeter, UnderWay } from '../../http/load/under-way.ts';
import { type Clock, instantAfter } from '../../service/clock.ts';
import type { Store } from '../../store/port.ts';
import { METRICS, type MetricName, type MetricRow } from './table.ts';

/** What is read anew for each scrape. */
export interface Sources {
  readonly store: Pick<Store, 'tally' | 'waiting'>;
  readonly clock: Clock;
  readonly underWay: UnderWay;
  readonly waitingDevices: () => number;
  readonly connections: () => Promise<number>;
}

/** Counts what happens, and tells it in Prometheus' text form. */
export interface Metrics {
  readonly calls: CallMeter;
  readonly committed: (units: number) => void;
  count(name: CounterName, labels?: Readonly<Record<string, string>>, by?: number): void;
  /** Does a chore and counts how it ended. */
  chore<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** From when on there is something to read. */
  observe(sources: Sources): void;
  readonly contentType: string;
  text(): Promise<string>;
}

type CounterName = {
  [N in MetricName]: (typeof METRICS)[N]['type'] extends 'counter' ? N : never;
}[MetricName];

/** Calls that are held on purpose, whose duration tells nothing. */
const HELD = new Set(['exchange']);
/** A device asks at least once a minute; three of them may be lost. */
const OVERDUE_MILLISECONDS = 180_000;
/** The store counts no more often, whoever scrapes. */
const TALLY_MILLISECONDS = 5000;

/** @param monotonic milliseconds that never jump */
export function createMetrics(monotonic: () => number): Metrics {
  const registry = new Registry();
  const made = new Map<string, Counter | Gauge | Histogram>(
    Object.entries<MetricRow>(METRICS).map(([name, row]) => [name, metricOf(registry, name, row)]),
  );
  collectDefaultMetrics({ register: registry });
  const counter = (name: CounterName) => made.get(name) as Counter;
  const gauge = (name: MetricName) => made.get(name) as Gauge;
  const duration = made.get('cordon_call_duration_seconds') as Histogram;
  const units = made.get('cordon_commit_units') as Histogram;
  const [calls, errors] = [counter('cordon_calls_total'), counter('cordon_call_errors_total')];
  let sources: Sources | null = null;
  let talliedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  const tally = async ({ store, clock }: Sources): Promise<void> => {
    if (monotonic() - talliedAt < TALLY_MILLISECONDS) return;
    talliedAt = monotonic();
    const [active, oldest, overdue, deliveries, oldestDelivery] = [
      gauge('cordon_actions_active'),
      gauge('cordon_oldest_active_action_seconds'),
      gauge('cordon_devices_overdue'),
      gauge('cordon_webhook_deliveries_waiting'),
      gauge('cordon_webhook_oldest_delivery_seconds'),
    ];
    try {
      const now = clock.milliseconds();
      const counted = await store.tally(instantAfter(now, -OVERDUE_MILLISECONDS));
      for (const status of ['Pending', 'InProgress']) {
        const found = counted.active.find((row) => row.status === status);
        active.set({ status }, found?.count ?? 0);
        const age = found === undefined ? 0 : (now - millisecondsOf(found.oldest)) / 1000;
        oldest.set({ status }, Math.max(0, age));
      }
      overdue.set(counted.overdueMachines);
      const { count, oldest: first } = counted.deliveries;
      deliveries.set(count);
      const waited = first === null ? 0 : (now - millisecondsOf(first)) / 1000;
      oldestDelivery.set(Math.max(0, waited));
    } catch {
      // An old number would pass for a present one.
      for (const stale of [active, oldest]) stale.reset();
      for (const stale of [overdue, deliveries, oldestDelivery]) stale.remove();
      counter('cordon_scrape_failures_total').inc();
    }
  };

  const read = async (from: Sources): Promise<void> => {
    for (const [pool, { calls, bytes }] of Object.entries(from.underWay.present())) {
      gauge('cordon_calls_under_way').set({ pool }, calls);
      gauge('cordon_bytes_under_way').set({ pool }, bytes);
    }
    for (const [queue, length] of Object.entries(from.store.waiting()))
      gauge('cordon_store_waiting').set({ queue }, length);
    gauge('cordon_devices_waiting').set(from.waitingDevices());
    gauge('cordon_connections').set(await from.connections());
    await tally(from);
  };

  return {
    calls: {
      ended(operation, status, milliseconds, code) {
        calls.inc({ operation, status: String(status) });
        if (!HELD.has(operation)) duration.observe({ operation }, milliseconds / 1000);
        if (code !== null) errors.inc({ operation, code });
      },
      overloaded: (pool) => counter('cordon_overload_refusals_total').inc({ pool }),
    },
    committed: (count) => units.observe(count),
    count: (name, labels = {}, by = 1) => counter(name).inc(labels, by),
    async chore(chore, work) {
      let outcome = 'failed';
      try {
        const result = await work();
        outcome = 'done';
        if (sources !== null) {
          const now = sources.clock.milliseconds() / 1000;
          gauge('cordon_chore_last_success_timestamp_seconds').set({ chore }, now);
        }
        return result;
      } finally {
        counter('cordon_chore_runs_total').inc({ chore, outcome });
      }
    },
    observe(from) {
      sources = from;
    },
    contentType: registry.contentType,
    async text() {
      if (sources !== null) {
        const from = sources;
        reading ??= read(from).finally(() => {
          reading = null;
        });
        await reading;
      }
      return registry.metrics();
    },
  };
}

function metricOf(registry: Registry, name: string, row: MetricRow): Counter | Gauge | Histogram {
  const options = { name, help: row.help, labelNames: [...row.labels], registers: [registry] };
  switch (row.type) {
    case 'counter': {
      const counter = new Counter(options);
      for (const labels of row.begins ?? []) counter.inc(labels, 0);
      return counter;
    }
    case 'gauge':
      return new Gauge(options);
    case 'histogram':
      return new Histogram({ ...options, buckets: [...(row.buckets ?? [])] });
  }
}
