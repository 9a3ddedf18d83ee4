import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'vite';
import { compress } from './compressed.ts';
import { consoleConfig } from './config.ts';
import { firstLoad, SCRIPT_LIMIT } from './weight.ts';

export interface BuiltConsole {
  /** Kilobytes of compressed script that the first page loads. */
  readonly kilobytes: number;
  /** Folders of the npm packages whose code is in it. */
  readonly packages: readonly string[];
}

/**
 * Builds the console into a folder, which is put in place at once when all of it is there: a server that reads it
 * meanwhile finds the one of before.
 * @throws Error when the first page would load more script than {@link SCRIPT_LIMIT}
 */
export async function buildConsole(root: string, output: string): Promise<BuiltConsole> {
  mkdirSync(dirname(output), { recursive: true });
  const scratch = mkdtempSync(join(dirname(output), '.console-'));
  const packages = new Set<string>();
  const config = consoleConfig(root);
  try {
    await build({
      ...config,
      plugins: [namePackages(packages)],
      build: { ...config.build, outDir: scratch },
    });
    compress(scratch);
    const kilobytes = firstLoad(scratch);
    if (kilobytes > SCRIPT_LIMIT) {
      throw new Error(
        `The first page would load ${kilobytes.toFixed(1)} KB of compressed script; ${SCRIPT_LIMIT} KB are allowed.`,
      );
    }
    rmSync(output, { recursive: true, force: true });
    renameSync(scratch, output);
    return { kilobytes, packages: [...packages].sort() };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function namePackages(packages: Set<string>): Plugin {
  return {
    name: 'cordon:packages',
    generateBundle: (_options, bundle) => {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        for (const id of file.moduleIds) {
          const found = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0];
          if (found !== undefined && !found.startsWith('\0')) packages.add(found);
        }
      }
    },
  };
}
