import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import type { Outcome, Sizes } from '../parts/part.ts';

/** Where and on what something was measured. */
export interface Hardware {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  readonly cordon: string;
  /** The commit, with `+` where files differed from it; null outside of a repository. */
  readonly commit: string | null;
}

/** One run of one part. */
export interface PartRun extends Outcome {
  /** Day in UTC. */
  readonly date: string;
  readonly command: string;
  readonly hardware: Hardware;
  /** Processes that wanted to run, on average of the minute before the part: what else went on. */
  readonly busyBefore: number;
  readonly seconds: number;
  readonly sizes: Sizes;
}

/** The newest run of each part, by its name: what docs/performance.json holds. */
export type PerformanceRecord = Readonly<Record<string, PartRun>>;

const RECORD = new URL('../../docs/performance.json', import.meta.url);

export function readRecord(): PerformanceRecord {
  return JSON.parse(readFileSync(RECORD, 'utf8')) as PerformanceRecord;
}

/** This machine and this code. */
export function hardwareHere(): Hardware {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return {
    processor: cpus()[0]?.model.trim() ?? arch(),
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    cordon: version,
    commit: commitHere(),
  };
}

function commitHere(): string | null {
  const git = (...words: string[]) =>
    execFileSync('git', words, {
      cwd: new URL('../..', import.meta.url),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    // The page itself changes by being written, and says nothing of the code.
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', ':!docs') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return null;
  }
}
