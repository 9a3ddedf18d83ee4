import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** The package as it is installed in a folder of its own, outside of the repository. */
export interface Installed {
  readonly directory: string;
  /** The command as npm linked it. */
  readonly command: string;
  /** Finds this Node first, and nothing of the repository. */
  readonly environment: NodeJS.ProcessEnv;
  remove(): void;
}

/** @throws Error with what was said when a program fails */
export function run(program: string, words: readonly string[], cwd: string, env = process.env): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { cwd, env, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${program} ${words.join(' ')}: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
  return stdout.trim();
}

/** Emits and packs the package into a directory. @returns the tarball's path */
export function pack(root: string, directory: string): string {
  const folder = join(directory, 'package');
  run(process.execPath, [join(root, 'scripts/build.ts'), '--output', folder], root);
  const [packed] = JSON.parse(
    run('npm', ['pack', folder, '--json', '--pack-destination', directory], root),
  ) as [{ filename: string }];
  return join(directory, packed.filename);
}

/** Packs, and installs the tarball in an empty folder. @throws Error when TypeScript or a package is in reach */
export function installPacked(root: string): Installed {
  const scratch = mkdtempSync(join(tmpdir(), 'cordon-packed-'));
  const remove = () => rmSync(scratch, { recursive: true, force: true });
  try {
    const directory = join(scratch, 'elsewhere');
    const home = join(scratch, 'home');
    for (const made of [directory, home]) mkdirSync(made);
    const tarball = pack(root, scratch);
    const environment = withoutRepository(home);
    writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }\n');
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
    // With npm's own settings and cache, which are the home directory's.
    run('npm', ['install', ...options, tarball], directory, { ...environment, HOME: process.env.HOME });
    rmSync(join(scratch, 'package'), { recursive: true });
    for (let at = dirname(directory); ; at = dirname(at)) {
      if (existsSync(join(at, 'node_modules')))
        throw new Error(`${at} has node_modules, which would be found.`);
      if (at === dirname(at)) break;
    }
    const packages = readdirSync(join(directory, 'node_modules'));
    if (packages.includes('typescript')) throw new Error('TypeScript came along.');
    return { directory, command: join(directory, 'node_modules/.bin/cordon'), environment, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function withoutRepository(home: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:CORDON_|npm_|NODE_|XDG_|INIT_CWD)/.test(name),
  );
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'));
  return {
    ...Object.fromEntries(own),
    HOME: home,
    PATH: [dirname(process.execPath), ...path].join(delimiter),
  };
}
