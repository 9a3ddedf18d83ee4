import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Emits the client that programs import, in one file that runs wherever `fetch` is, with its types.
 * @returns names of the packages that its types name, which whoever uses them needs
 * @throws Error when it needs a package or a module of Node, or its types cannot be emitted
 */
export async function emitSdk(root: string, output: string): Promise<string[]> {
  const bundle = await rolldown({ input: join(root, 'src/sdk/index.ts'), platform: 'neutral' });
  const { output: chunks } = await bundle.write({
    file: join(output, 'sdk/index.js'),
    format: 'esm',
    codeSplitting: false,
  });
  await bundle.close();
  if (chunks[0].imports.length > 0) throw new Error(`The client needs ${chunks[0].imports.join(', ')}.`);
  emitTypes(root, join(output, 'types'));
  return packagesOfTypes(join(output, 'types'));
}

function emitTypes(root: string, directory: string): void {
  const settings = `${directory}.json`;
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    rootDir: join(root, 'src'),
    outDir: directory,
    types: [],
    lib: ['es2024', 'esnext.disposable', 'dom'],
  };
  writeFileSync(
    settings,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions,
      include: [join(root, 'src/sdk/index.ts')],
    }),
  );
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '--project', settings], {
    encoding: 'utf8',
  });
  rmSync(settings);
  if (status !== 0) throw new Error(`The types of the client cannot be emitted:\n${stdout}`);
}

function packagesOfTypes(directory: string): string[] {
  const named = globSync('**/*.d.ts', { cwd: directory }).flatMap((file) =>
    [
      ...readFileSync(join(directory, file), 'utf8').matchAll(
        /(?:from |import\()['"]((?:@[^/'"]+\/)?[^./'"][^/'"]*)/g,
      ),
    ].map(([, name]) => name!),
  );
  return [...new Set(named)].filter((name) => !isBuiltin(name)).sort();
}
