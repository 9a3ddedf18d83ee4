import type { LoadLatency, LoadReport } from '../../contract/load.ts';
import type { Io } from '../io.ts';
import { type Column, writeTable } from './table.ts';

interface LatencyRow extends LoadLatency {
  readonly until: string;
}

const milliseconds = (value: number | null) => (value === null ? '' : `${value.toFixed(1)} ms`);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

const COLUMNS: Column<LatencyRow>[] = [
  { title: 'FROM THE REQUEST UNTIL', text: (row) => row.until, give: 0 },
  { title: 'COUNT', text: (row) => String(row.count), give: 0 },
  { title: 'MEDIAN', text: (row) => milliseconds(row.p50), give: 0 },
  { title: '90 %', text: (row) => milliseconds(row.p90), give: 0 },
  { title: '99 %', text: (row) => milliseconds(row.p99), give: 0 },
  { title: 'MOST', text: (row) => milliseconds(row.most), give: 0 },
];

/** What a load run measured, for a person. */
export async function writeLoadReport(io: Io, report: LoadReport): Promise<void> {
  const { machines, enrolment, actions, latency, errors, memory, generator } = report;
  const write = (text: string) => void io.stdout.write(`${text}\n`);
  write(
    `${machines.count} devices enrolled in ${enrolment.seconds} s (${enrolment.perSecond}/s): ${machines.first} to ${machines.last}, tag ${machines.tag}.`,
  );
  write(
    `${actions.accepted} of ${actions.planned} planned actions accepted in ${report.seconds} s (${actions.acceptedPerSecond}/s; ${report.exchangesPerSecond} exchanges/s), seed ${report.seed}.`,
  );
  if (actions.busy > 0) write(`${actions.busy} were left out, their machine not being done with the last.`);
  write('');
  await writeTable(io, COLUMNS, [
    { until: 'answer 201', ...latency.answered },
    { until: 'order at the device', ...latency.delivered },
    { until: 'proof at the server', ...latency.proven },
  ]);
  write('');
  write(`At the server: ${counts(actions.statuses)}.`);
  write(`Calls that failed: ${counts(errors.calls)}. Exchanges that failed: ${counts(errors.exchanges)}.`);
  if (memory !== null)
    write(
      `Memory of the server: ${megabytes(memory.beforeBytes)}, with the devices ${megabytes(memory.connectedBytes)} (${(memory.bytesPerDevice / 1000).toFixed(1)} KB each), at the end ${megabytes(memory.afterBytes)}.`,
    );
  write(
    `This tool used ${generator.cores} cores and ${megabytes(generator.residentBytes)}, and was up to ${milliseconds(generator.loopDelayP99)} late (99 %).`,
  );
  if (machines.restricted > 0)
    write(`${machines.restricted} machines are left restricted; --cleanup releases them.`);
}

function counts(of: Readonly<Record<string, number>>): string {
  const list = Object.entries(of).map(([code, count]) => `${code} ${count}`);
  return list.length === 0 ? 'none' : list.join(', ');
}
