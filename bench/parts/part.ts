/** The figures that `npm run bench` can give, by the names of its JSON object. */
export const FIGURES = [
  'startMs',
  'bytesPerDevice',
  'deliverP50Ms',
  'deliverP99Ms',
  'reconnectSeconds',
  'reconnectFailedCalls',
  'listP99Ms',
  'listGrowth',
  'scanVictimP99Ms',
  'submitSqliteRatio',
] as const;
export type Figure = (typeof FIGURES)[number];

/** Sizes that options can reduce; the JSON object says them. */
export interface Sizes {
  /** Starts that count. */
  readonly starts: number;
  readonly devices: number;
  /** Actions a second while the devices wait. */
  readonly rate: number;
  /** Seconds for which they are asked for. */
  readonly seconds: number;
  /** Actions of the store whose lists are read. */
  readonly actions: number;
  /** Machines of the submission benchmarks. */
  readonly machines: number;
  /** Rounds of the submission benchmarks. */
  readonly rounds: number;
}

export interface Surroundings {
  /** A directory of the part's own, removed afterwards. */
  readonly directory: string;
  /** Told how it goes, a line at a time. */
  readonly say: (text: string) => void;
}

/** One part of the benchmark. */
export interface Part {
  readonly name: string;
  readonly figures: readonly Figure[];
  /** What the figures are, as a sentence fragment. */
  readonly measures: string;
  run(sizes: Sizes, surroundings: Surroundings): Promise<Partial<Record<Figure, number | null>>>;
}
