import {
  BARE_SCRIPT,
  directly,
  inMemory,
  inMemoryThroughLoader,
  inMountNamespace,
  inPlaceOfTrusted,
  inUserNamespace,
  mountingTool,
  onOwnFileSystem,
  preloaded,
  SHELL_SCRIPT,
  throughBindMount,
  throughLoader,
  trusted,
  type Way,
} from './ways.ts';

interface Case {
  readonly name: string;
  readonly trusted: boolean;
  readonly as: 'another user' | 'root';
  readonly way: Way;
}

/** Everything that is tried. Another way to start a program is another row. */
export const CANARY_CASES = [
  { name: 'untrusted program as another user', trusted: false, as: 'another user', way: directly() },
  { name: 'untrusted program as root', trusted: false, as: 'root', way: directly() },
  {
    name: 'untrusted program from a bind mount made later',
    trusted: false,
    as: 'another user',
    way: throughBindMount,
  },
  {
    name: 'untrusted program in a private mount namespace',
    trusted: false,
    as: 'root',
    way: inMountNamespace,
  },
  {
    name: 'untrusted program in a fresh user namespace',
    trusted: false,
    as: 'another user',
    way: inUserNamespace,
  },
  {
    name: 'untrusted program on a file system mounted in a user namespace',
    trusted: false,
    as: 'another user',
    way: onOwnFileSystem,
  },
  {
    name: 'program by which users mount FUSE file systems',
    trusted: false,
    as: 'another user',
    way: mountingTool,
  },
  { name: 'untrusted program from memory', trusted: false, as: 'another user', way: inMemory },
  {
    name: 'untrusted program from memory, through the dynamic loader',
    trusted: false,
    as: 'another user',
    way: inMemoryThroughLoader,
  },
  {
    name: 'untrusted program through the dynamic loader',
    trusted: false,
    as: 'another user',
    way: throughLoader,
  },
  {
    name: 'untrusted shared object in a trusted program',
    trusted: false,
    as: 'another user',
    way: preloaded({ disguised: false }),
  },
  {
    name: 'untrusted shared object that looks like a program, in a trusted program',
    trusted: false,
    as: 'another user',
    way: preloaded({ disguised: true }),
  },
  {
    name: 'untrusted program mounted over a trusted one, in a private mount namespace',
    trusted: false,
    as: 'root',
    way: inPlaceOfTrusted,
  },
  {
    name: 'untrusted script without a shebang',
    trusted: false,
    as: 'another user',
    way: directly(BARE_SCRIPT),
  },
  { name: 'untrusted shell script', trusted: false, as: 'another user', way: directly(SHELL_SCRIPT) },
  { name: 'trusted program as another user', trusted: true, as: 'another user', way: trusted },
] as const satisfies readonly Case[];

export type CanaryCaseName = (typeof CANARY_CASES)[number]['name'];
