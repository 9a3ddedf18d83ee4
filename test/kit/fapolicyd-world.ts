/**
 * A private world for the real fapolicyd: a whole small Debian on a ramfs of its own, in mount and process namespaces
 * of its own, with the network of the machine. The daemon inside watches nothing but that ramfs, so the machine itself
 * is never guarded, and its kernel settings are its own (`fapolicyd-sysctls.ts`). It ends, with everything that runs inside, when it is disposed of or the test process dies.
 *
 * From outside, the world's files must not be touched while a daemon runs inside: it could not tell who asks. Use
 * {@link FapolicydWorld.run}.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canaryElf, isCanaryMachine } from '../../src/agent/canary/elf.ts';
import { SYSCTLS } from '../../src/agent/drivers/fapolicyd/sysctls.ts';
import { emitCommandInto, emitPuppetInto } from './emitted.ts';
import { INSIDE } from './fapolicyd-inside.ts';
import { unpackedFapolicyd } from './fapolicyd-package.ts';
import { fillRoot } from './fapolicyd-root.ts';
import { ownSysctls } from './fapolicyd-sysctls.ts';
import { scratchDirectory } from './leftovers.ts';

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FapolicydWorld extends AsyncDisposable {
  /** Where things are inside. */
  readonly inside: typeof INSIDE;
  /** Runs a program inside to its end; killed after `timeout` milliseconds (default 30,000). */
  run(argv: readonly string[], options?: { input?: string | Buffer; timeout?: number }): Promise<Ended>;
  /** Starts a program inside, as root, by an absolute path there. Its standard streams are pipes. */
  spawnInside(argv: readonly string[], env?: Record<string, string>): ChildProcess;
  /** Writes a fresh untrusted ELF inside and runs it as the user: `0` for root, `65534` for nobody. */
  tryUntrusted(uid: number): Promise<{ ran: boolean; errno: 'EPERM' | 'EACCES' | null; output: string }>;
  /** Process ids inside of running fapolicyd daemons, as the world counts them. */
  daemons(): Promise<number[]>;
  /** Kills the daemon as an intruder with root would. */
  killDaemon(): Promise<void>;
  /** Every file of fapolicyd's configuration with its mode, owner and content, to be compared. */
  configuration(): Promise<string>;
  /** The kernel's settings inside, by name, that a restriction changes. */
  sysctls(): Promise<Record<string, string>>;
}

/** Why no world can be made here; null when one can. It fetches fapolicyd's packages when they are not there yet. */
export function whyNoWorld(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  if (!isCanaryMachine(process.arch)) return `has no canary for ${process.arch}`;
  for (const program of ['unshare', 'nsenter', 'pivot_root', 'dpkg', 'apt-get', 'ldd', 'setpriv'])
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error) return `needs the program ${program}`;
  const mount = [
    '--mount',
    '--propagation',
    'private',
    '--pid',
    '--fork',
    'mount',
    '-t',
    'ramfs',
    'ramfs',
    tmpdir(),
  ];
  const tried = spawnSync('unshare', mount, { encoding: 'utf8', timeout: 10_000 });
  if (tried.status !== 0) return `cannot mount in a namespace of its own: ${tried.stderr.trim()}`;
  try {
    unpackedFapolicyd();
    return null;
  } catch (cause) {
    return `fapolicyd cannot be had: ${(cause as Error).message}`;
  }
}

/**
 * The namespace begins before its root is filled, and ends when its first process reads the end of its input. That one
 * waits for children, so that a killed daemon does not stay in the process table. The machine's root is left behind by
 * `pivot_root`: the kernel makes no user namespace for a process that only changed its root.
 */
const HOLD =
  'set -e; mount -t ramfs ramfs "$1"; chmod 755 "$1"; echo mounted; read -r go; cd "$1"; pivot_root . .; umount -l .; exec /usr/bin/sh -c "exec 3<&0; cat <&3 & wait"';

/** @param command puts the command into it, as it is packaged, instead of what calls the driver alone */
export async function createFapolicydWorld({ command = false } = {}): Promise<FapolicydWorld> {
  const { path: mountPoint, remove } = scratchDirectory('world');
  const holder = spawn(
    'unshare',
    [
      '--mount',
      '--propagation',
      'private',
      '--pid',
      '--fork',
      '--kill-child=SIGKILL',
      'sh',
      '-c',
      HOLD,
      'hold',
      mountPoint,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const close = async () => {
    if (holder.exitCode === null && holder.signalCode === null) {
      const ended = once(holder, 'exit');
      holder.stdin.destroy();
      holder.kill('SIGKILL');
      await ended;
    }
    remove();
  };
  try {
    const [said] = (await once(holder.stdout, 'data')) as [Buffer];
    if (!said.includes('mounted')) throw new Error(`The world could not be mounted: ${said}`);
    const init = childOf(holder.pid!);
    const root = `/proc/${init}/root${mountPoint}`;
    fillRoot(root);
    await (command ? emitCommandInto : emitPuppetInto)(join(root, INSIDE.project));
    ownSysctls(init, mountPoint);
    holder.stdin.write('go\n');
    const world = worldOf(init, close);
    await rooted(world);
    return world;
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** `unshare --fork` has one child, the world's first process. */
function childOf(pid: number): number {
  const { stdout } = spawnSync('cat', [`/proc/${pid}/task/${pid}/children`], { encoding: 'utf8' });
  return Number(stdout.trim());
}

/** The first process changes its root a moment after it was told to; entering before would meet the machine's root. */
async function rooted(world: FapolicydWorld): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { status, stdout } = await world.run(['/usr/bin/ls', '/opt/cordon']);
    if (status === 0 && stdout.includes('package.json')) return assertClosed(world);
  }
  throw new Error('The world did not come up.');
}

/** File systems that a world may see; a daemon inside marks whole ones, and would guard the machine's with them. */
const OWN_FILE_SYSTEMS = ['ramfs', 'proc', 'nsfs'];

async function assertClosed(world: FapolicydWorld): Promise<void> {
  const { stdout } = await world.run(['/usr/bin/cat', '/proc/self/mounts']);
  const mounts = stdout.split('\n').filter((line) => line !== '');
  const foreign = mounts.find((line) => !OWN_FILE_SYSTEMS.includes(line.split(' ')[2]!));
  if (mounts.length === 0 || foreign !== undefined)
    throw new Error(`The world sees what is not its own: ${foreign ?? 'it cannot tell its mounts'}`);
}

function worldOf(init: number, close: () => Promise<void>): FapolicydWorld {
  const start = (argv: readonly string[], options: SpawnOptions): ChildProcess =>
    spawn('nsenter', ['-t', `${init}`, '--mount', '--pid', '--root', '--wdns=/', '--', ...argv], options);
  const environment = {
    PATH: '/usr/sbin:/usr/bin',
    HOME: '/',
    LC_ALL: 'C.UTF-8',
    // A call of the driver is a process of its own; what the first has compiled saves each later one half its time.
    NODE_COMPILE_CACHE: '/var/cache/compiled',
  };

  const run: FapolicydWorld['run'] = async (argv, { input, timeout = 30_000 } = {}) => {
    const child = start(argv, { env: environment, stdio: 'pipe', timeout, killSignal: 'SIGKILL' });
    const output = { stdout: '', stderr: '' };
    child.stdout!.on('data', (chunk) => {
      output.stdout += chunk;
    });
    child.stderr!.on('data', (chunk) => {
      output.stderr += chunk;
    });
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(input);
    const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return { status, signal, ...output };
  };
  const sh = (script: string, input?: Buffer) =>
    run(['/usr/bin/sh', '-c', script], input === undefined ? {} : { input });

  let made = 0;
  return {
    inside: INSIDE,
    run,
    spawnInside: (argv, env = {}) => start(argv, { env: { ...environment, ...env }, stdio: 'pipe' }),
    async tryUntrusted(uid) {
      made += 1;
      const status = 33;
      const elf = canaryElf(process.arch as 'x64' | 'arm64', status, Buffer.from(`${made} ${process.pid}`));
      const path = `/srv/tried-${process.pid}-${made}`;
      const script = `cat > ${path} && chmod 755 ${path} && setpriv --reuid ${uid} --regid ${uid} --clear-groups ${path}; s=$?; rm -f ${path}; exit $s`;
      const ended = await sh(script, elf);
      const output = ended.stderr.trim();
      const errno = /Operation not permitted/.test(output)
        ? 'EPERM'
        : /Permission denied/.test(output)
          ? 'EACCES'
          : null;
      return { ran: ended.status === status, errno, output: `status ${ended.status} ${output}` };
    },
    async daemons() {
      const { stdout } = await sh('pidof fapolicyd || true');
      return stdout.split(/\s+/).flatMap((pid) => (pid === '' ? [] : Number(pid)));
    },
    async killDaemon() {
      await sh('kill -9 $(cat /run/fapolicyd.pid)');
    },
    async configuration() {
      const listed = await sh(
        'cd /etc/fapolicyd && for f in * rules.d/* trust.d/*; do [ -f "$f" ] && ls -ln --time-style=+ "$f" && cat "$f"; done; true',
      );
      return listed.stdout;
    },
    async sysctls() {
      const names = SYSCTLS.map(({ name }) => name);
      const paths = names.map((name) => `/proc/sys/${name.replace('.', '/')}`);
      const { stdout } = await sh(paths.map((path) => `cat ${path} || echo none`).join('; '));
      return Object.fromEntries(
        stdout
          .trim()
          .split('\n')
          .map((value, at) => [names[at]!, value]),
      );
    },
    [Symbol.asyncDispose]: close,
  };
}
