import type { LoadLatency } from '../contract/load.ts';

/** Percentiles (nearest rank) of milliseconds, rounded to a hundredth. */
export function latencyOf(milliseconds: readonly number[]): LoadLatency {
  const sorted = Float64Array.from(milliseconds).sort();
  const rank = (share: number) => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return value === undefined ? null : Math.round(value * 100) / 100;
  };
  return { count: sorted.length, p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), most: rank(1) };
}
