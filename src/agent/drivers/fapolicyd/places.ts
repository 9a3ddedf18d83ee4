import type { CanaryPlace } from '../../canary/canary.ts';
import { parseConfiguration, restrictedConfiguration, watchedTypes } from './configuration.ts';
import type { Context } from './context.ts';
import { coverageOf, placeName, placesOf } from './file-systems.ts';
import { readIfThere } from './files.ts';

/** The file systems of the device, as a restriction sees them. */
export interface Surroundings {
  /** Where a program is tried besides the canary's own directory. */
  readonly places: readonly CanaryPlace[];
  /** Names of cases on file systems that stay outside. */
  readonly unwatched: ReadonlySet<string>;
  /** For the evidence: what stays outside, a phrase each. */
  readonly outside: readonly string[];
}

export async function surroundingsOf({ options, paths, kernel }: Context): Promise<Surroundings> {
  const present = (await readIfThere(paths.conf))?.toString('utf8') ?? '';
  const restricted = parseConfiguration(restrictedConfiguration(present, options, false));
  const coverage = coverageOf(await kernel.mounts(), new Set(watchedTypes(restricted)));
  return {
    places: await placesOf(coverage),
    unwatched: new Set(coverage.uncovered.map(placeName)),
    outside: coverage.uncovered.map(({ point, type }) => `${point} (${type})`),
  };
}
