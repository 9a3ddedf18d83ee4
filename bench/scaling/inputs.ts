import type { PerformanceRecord } from '../page/record.ts';

/** What one device, one exchange and one action cost, as `npm run bench` measures it. */
export interface Costs {
  /** Of a device that nothing is asked of. */
  readonly exchangesPerDeviceMinute: number;
  readonly exchangesPerAction: number;
  /** Processor time of the server. */
  readonly serverMicrosecondsPerExchange: number;
  readonly serverMicrosecondsPerAction: number;
  readonly bytesPerDevice: number;
  readonly bytesPerDeviceTls: number;
  /** Rows that stay. */
  readonly rowsPerAction: number;
  readonly bytesStoredPerAction: number;
  readonly postgresCommitsPerAction: number;
  readonly postgresRowsWrittenPerAction: number;
  readonly postgresLogBytesPerAction: number;
  /** Rows that one PostgreSQL takes in a second, each with a commit of its own. */
  readonly postgresInsertPerSecond: number;
}

/** What stands in for a cost that this machine has not measured; round numbers, on the dear side. */
export const ASSUMED: Costs = {
  exchangesPerDeviceMinute: 1.2,
  exchangesPerAction: 3,
  serverMicrosecondsPerExchange: 500,
  serverMicrosecondsPerAction: 3000,
  bytesPerDevice: 24_576,
  bytesPerDeviceTls: 92_160,
  rowsPerAction: 5,
  bytesStoredPerAction: 4096,
  postgresCommitsPerAction: 6,
  postgresRowsWrittenPerAction: 20,
  postgresLogBytesPerAction: 16_384,
  postgresInsertPerSecond: 1000,
};

/** The measured costs, and the names of those that are assumed because they have not been measured. */
export function costsOf(record: PerformanceRecord): { readonly costs: Costs; readonly assumed: string[] } {
  const found: Record<string, number | null> = {};
  for (const { figures, details = {} } of Object.values(record)) Object.assign(found, figures, details);
  const assumed = Object.keys(ASSUMED).filter((name) => !((found[name] ?? 0) > 0));
  const costs = Object.fromEntries(
    Object.entries(ASSUMED).map(([name, preset]) => [name, assumed.includes(name) ? preset : found[name]]),
  ) as unknown as Costs;
  return { costs, assumed };
}
