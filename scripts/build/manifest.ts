/** What the package says of itself where it is published, from what the repository says. */
interface Repository {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * The published manifest: everything that is emitted with its packages in it needs none when it runs. What remains are
 * packages that are there for their files or types.
 * @param bundled names of the packages whose code was emitted
 * @param types names of the packages that the emitted types name
 */
export function publishedManifest(
  { name, version, description, license, type, engines, dependencies }: Repository,
  bundled: readonly string[],
  types: readonly string[],
): object {
  const needed = Object.entries(dependencies).filter(
    ([dependency]) => types.includes(dependency) || !bundled.includes(dependency),
  );
  return {
    name,
    version,
    description,
    license,
    type,
    engines,
    bin: { cordon: 'lib/bin/start.cjs' },
    exports: {
      '.': { types: './lib/types/sdk/index.d.ts', default: './lib/sdk/index.js' },
      './package.json': './package.json',
    },
    types: './lib/types/sdk/index.d.ts',
    dependencies: Object.fromEntries(needed),
  };
}
