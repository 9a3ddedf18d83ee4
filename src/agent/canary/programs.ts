import { access, constants } from 'node:fs/promises';
import { arch } from 'node:os';

/**
 * Programs of the system that the canary is tried by, each by one absolute path. They are trusted; what they start is
 * not. One that is missing leaves its attempt untried.
 */
export const CANARY_PROGRAMS = {
  unshare: '/usr/bin/unshare',
  mount: '/usr/bin/mount',
  umount: '/usr/bin/umount',
  shell: '/usr/bin/sh',
} as const;

/** The dynamic loader of the GNU C library, by Node's name of the architecture. */
const LOADERS: Readonly<Record<string, string>> = {
  x64: '/lib64/ld-linux-x86-64.so.2',
  arm64: '/lib/ld-linux-aarch64.so.1',
};

/** Interpreters that can make a program in memory, which Node cannot; perl is part of every Debian. */
export const MEMORY_MAKERS = [
  { path: '/usr/bin/perl', language: 'perl' },
  { path: '/usr/bin/python3', language: 'python' },
  { path: '/usr/libexec/platform-python', language: 'python' },
] as const;

/** By which users mount FUSE file systems, with the rights of root; the second is of FUSE 2. */
export const FUSE_MOUNTERS: readonly string[] = ['/usr/bin/fusermount3', '/usr/bin/fusermount'];

/** The loader of this machine; null where none is known. */
export function loaderPath(): string | null {
  return LOADERS[arch()] ?? null;
}

/** Everything that the canary may start, for a list of what must stay trusted; not all of it need exist. */
export function canaryPrograms(): string[] {
  const loader = loaderPath();
  return [
    ...Object.values(CANARY_PROGRAMS),
    ...MEMORY_MAKERS.map(({ path }) => path),
    ...(loader === null ? [] : [loader]),
  ];
}

export function isThere(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
