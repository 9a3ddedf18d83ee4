import { chmod, mkdir, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Attempt, RAN, refused } from './attempt.ts';
import type { Step } from './barriers.ts';
import { errnoIn } from './errno.ts';
import { type Content, freshBytes, freshFile, PROGRAM, script, sharedObject } from './fresh.ts';
import { tryInMemory } from './memory.ts';
import { CANARY_PROGRAMS, FUSE_MOUNTERS, isThere, loaderPath } from './programs.ts';
import { type Ended, start } from './start.ts';

/** What an attempt is made with. */
export interface Scene {
  /** Empty, open to all users, removed afterwards. */
  readonly directory: string;
  readonly trustedProgram: string;
  readonly user: number;
}

/**
 * A way to get a program run. Everything is written before anything is tried, since a file that is open for writing in
 * a child which is just being started cannot be executed.
 */
export type Way = (scene: Scene) => Promise<() => Promise<Attempt>>;

const { unshare, mount, umount, shell } = CANARY_PROGRAMS;
/** Programs of the system tell their errors in it. */
const TELLING = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin' };

/** The kernel is asked to execute it. */
export const directly =
  (content: Content = PROGRAM): Way =>
  async ({ directory, user }) => {
    const { path, status } = await freshFile(directory, content);
    return async () => outcomeOf(await start({ path, user }), status);
  };

export const trusted: Way =
  async ({ trustedProgram, user }) =>
  async () =>
    outcomeOf(await start({ path: trustedProgram, user }), 0);

/** Through a mount that did not exist when the enforcer began to watch. */
export const throughBindMount: Way = async ({ directory, user }) => {
  const { path, status } = await freshFile(directory);
  const point = await madeDirectory(directory, 'mounted');
  return async () => {
    const mounted = await start({ path: mount, args: ['--bind', directory, point], user: 0 });
    if (mounted.kind !== 'ended' || mounted.status !== 0)
      return { kind: 'untried', detail: 'nothing can be mounted here' };
    const outcome = outcomeOf(await start({ path: join(point, basename(path)), user }), status);
    await start({ path: umount, args: ['--lazy', point], user: 0 });
    return outcome;
  };
};

const PRIVATE = ['--mount', '--propagation', 'private', '--'];
const OWN_USER = ['--user', '--map-root-user', '--mount', '--'];

/** A trusted program, by which a user gets a file system that nobody watches. Nothing is mounted. */
export const mountingTool: Way =
  async ({ user }) =>
  async () => {
    const there = await Promise.all(FUSE_MOUNTERS.map(isThere));
    const path = FUSE_MOUNTERS.find((_path, at) => there[at]);
    if (path === undefined)
      return { kind: 'untried', detail: `there is none of ${FUSE_MOUNTERS.join(', ')}` };
    return outcomeOf(await start({ path, args: ['--version'], environment: TELLING, user }), 0);
  };

/** In a mount namespace of its own, as a container or a hardened service has. */
export const inMountNamespace: Way = async ({ directory, user }) => {
  const { path, status } = await freshFile(directory);
  return () => byTool({ path: unshare, args: [...PRIVATE, path], user }, status);
};

/** In user and mount namespaces that any user may make. */
export const inUserNamespace: Way = async ({ directory, user }) => {
  const { path, status } = await freshFile(directory);
  return () => byTool({ path: unshare, args: [...OWN_USER, path], user }, status);
};

/** On a file system that the user mounted in a user namespace of his own; the program comes by the input. */
export const onOwnFileSystem: Way = async ({ directory, user }) => {
  const point = await madeDirectory(directory, 'own');
  const made = 'mount -t tmpfs own "$1" && cat >"$1/p" && chmod 755 "$1/p" && exec "$1/p"';
  const { bytes, status } = freshBytes(PROGRAM);
  const args = [...OWN_USER, shell, '-c', made, 'canary', point];
  return () => byTool({ path: unshare, args, input: bytes, user }, status);
};

/** Under the name of a trusted program, by a mount over it that only this attempt sees. */
export const inPlaceOfTrusted: Way = async ({ directory, trustedProgram, user }) => {
  const { path, status } = await freshFile(directory);
  const put = 'mount --bind "$1" "$2" && exec "$2"';
  const args = [...PRIVATE, shell, '-c', put, 'canary', path, trustedProgram];
  return () => byTool({ path: unshare, args, user }, status);
};

/**
 * The loader is told to run it, and only opens it. It must be a program that needs the loader: a static one the loader
 * executes as everybody does (measured, glibc 2.36).
 */
export const throughLoader: Way = (scene) =>
  withLoader(async (loader) => {
    const { path, status } = await freshFile(scene.directory, sharedObject(loader));
    return () => byTool({ path: loader, args: [path], user: scene.user }, status);
  });

/** Loaded into a trusted program. @param disguised made to look like a program */
export const preloaded =
  ({ disguised }: { disguised: boolean }): Way =>
  ({ directory, trustedProgram, user }) =>
    withLoader(async (loader) => {
      const { path, status } = await freshFile(directory, sharedObject(disguised ? loader : null));
      return async () => {
        const ended = await start({ path: trustedProgram, environment: { LD_PRELOAD: path }, user });
        return ended.kind === 'ended' && ended.status === 0 ? whyNotOpened(path) : outcomeOf(ended, status);
      };
    });

async function withLoader(prepare: (loader: string) => ReturnType<Way>): ReturnType<Way> {
  const loader = loaderPath();
  if (loader !== null && (await isThere(loader))) return prepare(loader);
  return async () => ({ kind: 'untried', detail: 'no loader of the GNU C library is here' });
}

export const inMemory: Way =
  async ({ user }) =>
  () =>
    tryInMemory(user);

/** Made in memory, which no enforcer watches, and opened by the loader. */
export const inMemoryThroughLoader: Way = ({ user }) =>
  withLoader(async (loader) => () => tryInMemory(user, sharedObject(loader), loader));

export const SHELL_SCRIPT = script(`#!${shell}\n`);
export const BARE_SCRIPT = script('');

/** The loader passes over what it may not open and does not say why. */
async function whyNotOpened(path: string): Promise<Attempt> {
  try {
    const file = await open(path, 'r');
    await file.close();
    return { kind: 'unclear', detail: 'the program ran without the shared object, which can be opened' };
  } catch (cause) {
    return refused('open', (cause as NodeJS.ErrnoException).code ?? 'EUNKNOWN');
  }
}

async function madeDirectory(directory: string, name: string): Promise<string> {
  const path = join(directory, `${name}-${freshBytes(PROGRAM).name}`);
  await mkdir(path);
  await chmod(path, 0o755);
  return path;
}

function outcomeOf(ended: Ended, status: number): Attempt {
  if (ended.kind === 'not started') return refused('execute', ended.errno);
  if (ended.kind === 'failed') return { kind: 'unclear', detail: ended.detail };
  if (ended.status === status) return RAN;
  return { kind: 'unclear', detail: `ended with status ${ended.status}` };
}

/** What tells which step of a tool was refused, by what it says. */
const TOLD: readonly { readonly said: RegExp; readonly step: Step }[] = [
  { said: /unshare failed|uid_map|setgroups/, step: 'make a user namespace' },
  { said: /cannot open shared object file/, step: 'open' },
  { said: /failed to execute|cannot execute|exec:/, step: 'execute' },
];

/** By a trusted program, whose own failing to start says nothing about what it was to start. */
async function byTool(tool: Parameters<typeof start>[0], status: number): Promise<Attempt> {
  const ended = await start({ environment: TELLING, ...tool });
  if (ended.kind === 'not started')
    return { kind: 'untried', detail: `${tool.path} could not be started (${ended.errno})` };
  const outcome = outcomeOf(ended, status);
  if (outcome.kind !== 'unclear' || ended.kind !== 'ended') return outcome;
  const step = TOLD.find(({ said }) => said.test(ended.said))?.step;
  const errno = errnoIn(ended.said);
  if (step !== undefined && errno !== null) return refused(step, errno);
  const last = ended.said.trim().split('\n').at(-1) ?? '';
  return { kind: 'unclear', detail: `${outcome.detail}${last === '' ? '' : `: ${last.slice(0, 200)}`}` };
}
