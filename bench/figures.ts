/** The figures of `npm run bench`, by the names of its JSON object. */

export interface FigureRow {
  /** What the figure is, as a sentence fragment. */
  readonly measures: string;
  readonly unit: '' | 'bytes' | 'ms' | 's' | 'calls';
  /** What it should reach on two cores, with the load on the same machine. */
  readonly sign: '≤' | '≥';
  readonly bar: number;
}

export const FIGURES = {
  submitSqliteRatio: {
    measures:
      'authenticated, fsynced submissions a second on SQLite over calls of an empty `node:http` server',
    unit: '',
    sign: '≥',
    bar: 0.3,
  },
  submitVsPrism: {
    measures: 'the same submissions over those that Prism answers as a mock of the described API',
    unit: '',
    sign: '≥',
    bar: 10,
  },
  submitVsMockoon: {
    measures: 'the same submissions over those that Mockoon answers as a mock of the described API',
    unit: '',
    sign: '≥',
    bar: 10,
  },
  submitPostgresRatio: {
    measures:
      'authenticated submissions a second of one process on PostgreSQL over the bare INSERT, same driver, commit settings and concurrency',
    unit: '',
    sign: '≥',
    bar: 0.5,
  },
  bytesPerDevice: {
    measures: 'resident memory of the server for each waiting device, plain HTTP as behind a proxy',
    unit: 'bytes',
    sign: '≤',
    bar: 24 * 1024,
  },
  bytesPerDeviceTls: {
    measures: 'the same with TLS in the process',
    unit: 'bytes',
    sign: '≤',
    bar: 90 * 1024,
  },
  deliverP50Ms: {
    measures: '`POST` to delivered at the device while all devices wait, median',
    unit: 'ms',
    sign: '≤',
    bar: 20,
  },
  deliverP99Ms: { measures: 'the same, 99th percentile', unit: 'ms', sign: '≤', bar: 150 },
  reconnectSeconds: {
    measures: 'from the SIGTERM to the server until all devices wait at it again after its restart',
    unit: 's',
    sign: '≤',
    bar: 60,
  },
  reconnectFailedCalls: {
    measures: "a responder's calls that failed meanwhile, once the server was ready again",
    unit: 'calls',
    sign: '≤',
    bar: 0,
  },
  listP99Ms: {
    measures: "lists with the five filters of the vendor's pages, `$top=100`, 99th percentile of all",
    unit: 'ms',
    sign: '≤',
    bar: 10,
  },
  listGrowth: {
    measures:
      'median of a list of all actions over that of 10,000 actions, of the filter that grows most; "flat" is read as at most half more',
    unit: '',
    sign: '≤',
    bar: 1.5,
  },
  scanVictimP99Ms: {
    measures: 'other calls while counts, `contains` and odd orders read everything, 99th percentile',
    unit: 'ms',
    sign: '≤',
    bar: 50,
  },
  startMs: {
    measures: 'exec of node to the first answered call, existing database, warm compile cache, median',
    unit: 'ms',
    sign: '≤',
    bar: 600,
  },
} as const satisfies Readonly<Record<string, FigureRow>>;

export type Figure = keyof typeof FIGURES;
export const FIGURE_NAMES = Object.keys(FIGURES) as Figure[];

/** Null for a figure that could not be measured. */
export type Measured = Readonly<Partial<Record<Figure, number | null>>>;

/** Whether a measured figure reaches its bar. */
export function reaches(name: Figure, value: number): boolean {
  const { sign, bar } = FIGURES[name];
  return sign === '≤' ? value <= bar : value >= bar;
}
