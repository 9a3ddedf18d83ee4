import type { Figure, Measured } from '../figures.ts';

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

/** What a part has found. */
export interface Outcome {
  readonly figures: Measured;
  /** Why a figure is null. */
  readonly reasons?: Readonly<Partial<Record<Figure, string>>>;
  /** What else was measured, by name; docs/scaling.md is computed from some of it. */
  readonly details?: Readonly<Record<string, number>>;
}

/** One part of the benchmark. */
export interface Part {
  readonly name: string;
  readonly figures: readonly Figure[];
  /** How it measures, as sentences. */
  readonly how: string;
  /** Minutes on two cores of its own, for those who wait. */
  readonly minutes: number;
  run(sizes: Sizes, surroundings: Surroundings): Promise<Outcome>;
}
