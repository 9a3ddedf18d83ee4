import { rolldown } from 'rolldown';

/** The agent in one file of JavaScript. */
export interface Bundle {
  readonly code: string;
  /** Names of the npm packages in it. */
  readonly packages: readonly string[];
}

/**
 * Puts an entry and everything it imports into one module, types stripped.
 * @throws Error when something outside of Node stays to be imported, since there would be nothing to import it from
 */
export async function bundleAgent(entry: string): Promise<Bundle> {
  const bundle = await rolldown({ input: entry, platform: 'node' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  const [chunk, ...more] = output;
  const foreign = chunk.imports.filter((name) => !name.startsWith('node:'));
  if (more.length > 0 || foreign.length > 0)
    throw new Error(
      `The bundle is not whole: it needs ${[...more.map(({ fileName }) => fileName), ...foreign]}.`,
    );
  const packages = Object.keys(chunk.modules).flatMap(
    (path) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  );
  return { code: chunk.code, packages: [...new Set(packages)].sort() };
}
