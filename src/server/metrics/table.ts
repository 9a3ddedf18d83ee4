/** Every metric: `/metrics`, `docs/metrics.md`, the dashboard and the alerts go by this table. */
import { ACTION_TYPES } from '../../contract/control.ts';
import { ACTION_STATUSES } from '../../contract/machine-action.ts';
import { LIMITS } from '../../http/load/under-way.ts';

export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
  /** Series of a counter that are there from the start: in one that begins with its first count Prometheus sees no increase. */
  readonly begins?: readonly Readonly<Record<string, string>>[];
}

const row = <T extends MetricRow['type']>(
  type: T,
  labels: readonly string[],
  help: string,
  buckets?: readonly number[],
): MetricRow & { type: T } => ({ type, labels, help, ...(buckets === undefined ? {} : { buckets }) });

/** A counter of which an alert asks whether it has increased at all. */
const watched = (
  labels: readonly string[],
  help: string,
  begins: readonly Readonly<Record<string, string>>[],
): MetricRow & { type: 'counter' } => ({ ...row('counter', labels, help), begins });

/** Seconds, from a look-up by key to a list that is given up. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const UNITS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

export const METRICS = {
  cordon_calls_total: row(
    'counter',
    ['operation', 'status'],
    'Calls that are over, by operation and HTTP status; 499 where the caller hung up first',
  ),
  cordon_call_duration_seconds: row(
    'histogram',
    ['operation'],
    'From the head of a call to its answer; exchanges are left out, since they are held on purpose',
    SECONDS,
  ),
  cordon_call_errors_total: row(
    'counter',
    ['operation', 'code'],
    'Error answers of the API by code; TooManyRequests is a caller at its rate limit',
  ),
  cordon_calls_under_way: row(
    'gauge',
    ['pool'],
    'Calls under way: of callers, whose token is checked first, and of strangers',
  ),
  cordon_bytes_under_way: row('gauge', ['pool'], 'Bytes that bodies and answers under way may hold'),
  cordon_overload_refusals_total: watched(
    ['pool'],
    'Calls refused with 503 before their body was read, because too much was under way',
    Object.keys(LIMITS).map((pool) => ({ pool })),
  ),
  cordon_connections: row('gauge', [], 'Open connections'),
  cordon_connections_refused_total: row(
    'counter',
    [],
    'Connections closed unheard because of --max-connections',
  ),
  cordon_tokens_issued_total: row('counter', [], 'Access tokens that the embedded issuer gave'),
  cordon_token_refusals_total: row('counter', ['reason'], 'Token requests refused, by reason'),
  cordon_actions_active: row('gauge', ['status'], 'Actions that are not final'),
  cordon_oldest_active_action_seconds: row(
    'gauge',
    ['status'],
    'Time since the request of the oldest action in this status; 0 without one',
  ),
  cordon_action_transitions_total: watched(
    ['control', 'status'],
    'Changes of status that this process wrote, by the new status',
    Object.values(ACTION_TYPES).flatMap(({ control }) =>
      ACTION_STATUSES.map((status) => ({ control: control ?? 'none', status })),
    ),
  ),
  cordon_devices_waiting: row(
    'gauge',
    [],
    'Devices whose exchange is held at this process: the connected ones',
  ),
  cordon_devices_overdue: row(
    'gauge',
    [],
    'Machines not heard of for three minutes and not yet Inactive (seven days)',
  ),
  cordon_commit_units: row('histogram', [], 'Units that share one commit', UNITS),
  cordon_store_waiting: row(
    'gauge',
    ['queue'],
    'What waits in the store: writes for their commit, scans for their turn',
  ),
  cordon_webhook_attempts_total: row(
    'counter',
    ['outcome'],
    'Attempts to deliver to webhooks: delivered, retry, givenUp, gone (410, which disables the webhook), broken off by the end of the server, overtaken by another process',
  ),
  cordon_webhook_deliveries_waiting: row(
    'gauge',
    [],
    'Deliveries that wait for an enabled webhook, those between two attempts included',
  ),
  cordon_webhook_oldest_delivery_seconds: row(
    'gauge',
    [],
    'Time since the transition of the oldest of them; 0 without one',
  ),
  cordon_chore_runs_total: row(
    'counter',
    ['chore', 'outcome'],
    'Runs of what is done by itself, done or failed',
  ),
  cordon_chore_last_success_timestamp_seconds: row(
    'gauge',
    ['chore'],
    'When a chore was last done, in seconds since 1970',
  ),
  cordon_swept_total: row(
    'counter',
    ['what'],
    'What the sweeper and the retention put away: expired idempotency keys, silent machines marked Inactive, old actions',
  ),
  cordon_log_lines_dropped_total: row('counter', [], 'Log lines lost because nobody takes standard error'),
  cordon_scrape_failures_total: row(
    'counter',
    [],
    'Times that the store could not count its actions and machines',
  ),
} as const satisfies Record<`cordon_${string}`, MetricRow>;

export type MetricName = keyof typeof METRICS;

/** Of the process metrics that prom-client collects beside ours, those that dashboard and alerts use. */
export const PROCESS_METRICS = {
  nodejs_eventloop_lag_p99_seconds: 'Delay of the event loop: 99 of 100 turns came no later',
  nodejs_eventloop_lag_mean_seconds: 'Delay of the event loop on average',
  process_resident_memory_bytes: 'Memory of the process',
  nodejs_heap_size_used_bytes: "Memory of it that JavaScript's objects take",
  process_cpu_seconds_total: 'Processor time',
  process_open_fds: 'Open files and sockets',
  process_max_fds: 'How many it may open',
  process_start_time_seconds: 'When the process started, in seconds since 1970',
} as const;
