/** The tables of `docs/metrics.md`, made of the table of metrics. */
import { METRICS, type MetricRow, PROCESS_METRICS } from '../../src/server/metrics/table.ts';

const FILE = 'docs/metrics.md';
const code = (text: string) => `\`${text}\``;

export const METRIC_TABLES = {
  metrics: {
    file: FILE,
    heads: ['metric', 'kind', 'labels', 'meaning'],
    rows: () =>
      Object.entries<MetricRow>(METRICS).map(([name, { type, labels, help }]) => [
        code(name),
        type,
        labels.map(code).join(', '),
        help,
      ]),
  },
  'process-metrics': {
    file: FILE,
    heads: ['metric', 'meaning'],
    rows: () => Object.entries(PROCESS_METRICS).map(([name, meaning]) => [code(name), meaning]),
  },
};
