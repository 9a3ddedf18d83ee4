/**
 * Further ways to get an untrusted program run, each tried once against the real daemon. They are rows of the measured
 * table and no part of an action's evidence: what refuses them is what refuses a canary, or nothing can.
 */
import { type Content, freshBytes, PROGRAM, script, sharedObject } from '../../src/agent/canary/fresh.ts';
import { loaderPath } from '../../src/agent/canary/programs.ts';
import type { FapolicydWorld } from './fapolicyd-world.ts';
import { FUSE, FUSE_FOR_USER, IO_URING, OVER_TRUSTED_ROOT, perl } from './further-ways-perl.ts';

export interface FurtherWay {
  readonly name: string;
  /** Why nothing refuses it; absent: it is refused while the device is restricted. */
  readonly because?: string;
  readonly root?: true;
  /** What lies at the path, or, with `input`, comes by the input. */
  readonly content: Content;
  readonly input?: true;
  /** Permissions, as for chmod; 755 when absent. */
  readonly mode?: string;
  /** What is started. It ends with the status of what was to run, when that ran. */
  readonly argv: (path: string, size: number) => readonly string[];
}

const LOADER = loaderPath() ?? '/lib64/ld-linux-x86-64.so.2';
const LIBRARY = sharedObject(null);
const LOADED = sharedObject(LOADER);
const TRUSTED = '/usr/bin/true';
const shell = (line: string) => (path: string) => ['/usr/bin/sh', '-c', line, 'sh', path];
/** The text is as long as the program, which comes by the input, and gets a time that is no whole second. */
const OVERWRITTEN_BY_TOOLS = `stamp() { touch -d '2026-01-01 00:00:00.5' "$1"; }
printf %s "$2" >"$1"; chmod 755 "$1"; stamp "$1"; wc <"$1" >/dev/null; cat >"$1"; stamp "$1"; exec "$1"`;
const preload = (variable: string) => shell(`${variable}="$1" ${TRUSTED}`);

export const FURTHER_WAYS: readonly FurtherWay[] = [
  {
    name: 'by a symbolic link',
    content: PROGRAM,
    argv: perl('symlink $p, "$p.link" or die; run("$p.link")'),
  },
  {
    name: 'by an open descriptor',
    content: PROGRAM,
    argv: perl('open my $f, "<", $p or die "open $!"; run("/proc/self/fd/" . fileno $f)'),
  },
  {
    name: 'by execveat of an O_PATH descriptor',
    content: PROGRAM,
    argv: perl(
      'my $f = syscall 257, -100, $p, 0x200000, 0; my $e = ""; my $a = pack "Q2", unpack("Q", pack "p", "x"), 0; syscall 322, $f, $e, $a, 0, 0x1000; die "exec $!"',
    ),
  },
  {
    name: 'by an O_PATH descriptor after its name was removed',
    root: true,
    content: PROGRAM,
    argv: perl('my $f = syscall 257, -100, $p, 0x200000, 0; unlink $p or die; run("/proc/self/fd/$f")'),
  },
  {
    name: 'at a path longer than 4,096 characters',
    root: true,
    content: PROGRAM,
    argv: perl('deep($p, "p"); run("./p")'),
  },
  {
    name: 'with the setuid bit of root',
    content: PROGRAM,
    mode: '4755',
    argv: shell('exec "$1"'),
  },
  {
    name: 'under a tracer, as a debugger starts it',
    content: PROGRAM,
    argv: perl(
      'my $c = fork; if (!$c) { syscall 101, 0, 0, 0, 0; run($p) } waitpid $c, 2; syscall 101, 7, $c, 0, 0; waitpid $c, 0; exit $? >> 8',
    ),
  },
  {
    name: 'as a library by LD_AUDIT',
    content: LIBRARY,
    argv: preload('LD_AUDIT'),
  },
  {
    name: 'as a library by the dynamic loader’s --preload',
    content: LIBRARY,
    argv: (path) => [LOADER, '--preload', path, TRUSTED],
  },
  {
    name: 'as one of a trusted program’s libraries by LD_LIBRARY_PATH',
    content: LIBRARY,
    // Not the C library: without its symbols a program ends before the library's own code is run. The loader goes on
    // without a word when it may not open this one, so that is looked at afterwards.
    argv: shell(
      'mkdir "$1.d" && mv "$1" "$1.d/libcrypt.so.1" && LD_LIBRARY_PATH="$1.d" LC_ALL=C /usr/bin/perl -e 1 && exec cat "$1.d/libcrypt.so.1" >/dev/null',
    ),
    root: true,
  },
  {
    name: 'as a library that a trusted interpreter loads (dlopen)',
    content: LIBRARY,
    argv: perl(
      'DynaLoader::boot_DynaLoader("DynaLoader"); DynaLoader::dl_load_file($p, 0) or do { print STDERR "open: $!\\n"; exit 126 }',
    ),
  },
  {
    name: 'opened by io_uring',
    content: LOADED,
    argv: perl(IO_URING),
  },
  {
    name: 'as text that was read, then overwritten by a library of the same size and time',
    content: LIBRARY,
    input: true,
    argv: perl(`overwritten("x\\n"); $ENV{LD_PRELOAD} = $p; run("${TRUSTED}")`),
  },
  {
    name: 'as text that was read, then overwritten by a program of the same size and time',
    content: LOADED,
    input: true,
    argv: perl(`overwritten("x\\n"); exec "${LOADER}", $p or die "exec $!"`),
  },
  {
    name: 'as a shell script that was read, then overwritten by a program of the same size and time, by cat and touch',
    content: PROGRAM,
    input: true,
    argv: (path, size) => ['/usr/bin/sh', '-c', OVERWRITTEN_BY_TOOLS, 'sh', path, '#!/bin/sh\n'.padEnd(size)],
  },
  {
    name: 'as a shell script that was read, then overwritten by a program of the same size and time, by perl',
    because: 'code given to an interpreter',
    content: PROGRAM,
    input: true,
    argv: perl('overwritten("#!/bin/sh\\n"); run($p)'),
  },
  {
    name: 'as the interpreter of a script',
    content: PROGRAM,
    argv: perl('open my $f, ">", "$p.s"; print $f "#!$p\\n"; close $f; chmod 0755, "$p.s"; run("$p.s")'),
  },
  {
    name: 'as a perl script with a shebang',
    content: script('#!/usr/bin/perl\n'),
    argv: shell('exec "$1"'),
  },
  {
    name: 'as a perl script with a shebang, given to perl',
    content: script('#!/usr/bin/perl\n'),
    argv: (path) => ['/usr/bin/perl', path],
  },
  {
    name: 'as a perl script in which no language is recognised, given to perl',
    because: 'code given to an interpreter',
    content: script(''),
    argv: (path) => ['/usr/bin/perl', path],
  },
  {
    name: 'as a library from memory, by LD_PRELOAD',
    because: 'code given to an interpreter',
    content: LIBRARY,
    input: true,
    argv: perl(
      `my $b = do { local $/; <STDIN> }; my $n = "c"; my $f = syscall 319, $n, 8; open my $h, ">&=", $f; syswrite $h, $b; $ENV{LD_PRELOAD} = "/proc/$$/fd/$f"; run("${TRUSTED}")`,
    ),
  },
  {
    name: 'as machine code written into a trusted process',
    because: 'code given to an interpreter',
    content: (_machine, status) => Buffer.from(`${status}`),
    argv: perl(
      'open my $s, "<", $p; my $c = pack "H*", sprintf "bf%02x000000b83c0000000f05", <$s>; open my $m, "<", "/proc/self/maps"; my ($a, $z); while (<$m>) { ($a, $z) = (hex $1, hex $2) if /^([0-9a-f]+)-([0-9a-f]+) r-xp.*libc/ } open my $w, "+<", "/proc/self/mem" or die "mem $!"; sysseek $w, $a, 0; syswrite $w, "\\x90" x ($z - $a - 12) . $c; die "not"',
    ),
  },
  {
    name: 'on a FUSE file system of the user’s own',
    content: PROGRAM,
    input: true,
    argv: perl(FUSE_FOR_USER),
  },
  {
    name: 'by root, as a hard link below /usr/bin',
    root: true,
    content: PROGRAM,
    argv: perl('my $l = "/usr/bin/linked-$$"; link $p, $l or die; run($l)'),
  },
  {
    name: 'by root, in a changed root in which its path is a trusted one',
    root: true,
    content: PROGRAM,
    argv: perl(
      `mkdir "$p.r"; mkdir "$p.r/usr"; mkdir "$p.r/usr/bin"; rename $p, "$p.r${TRUSTED}" or die; chroot "$p.r" or die; chdir "/"; run("${TRUSTED}")`,
    ),
  },
  {
    name: 'by root, in a root of its own in which its path is a trusted one',
    because: 'an intruder with root',
    root: true,
    content: PROGRAM,
    argv: OVER_TRUSTED_ROOT,
  },
  {
    name: 'by root, moved over a trusted program',
    because: 'an intruder with root',
    root: true,
    content: PROGRAM,
    argv: shell('mv "$1" /usr/bin/touch && exec /usr/bin/touch'),
  },
  {
    name: 'by root, written into a trusted program',
    because: 'an intruder with root',
    root: true,
    content: PROGRAM,
    input: true,
    argv: shell('cat >/usr/bin/kill && exec /usr/bin/kill'),
  },
  {
    name: 'by root, on a FUSE file system',
    because: 'a file system that nobody watches',
    root: true,
    content: PROGRAM,
    input: true,
    argv: perl(FUSE),
  },
];

const NOBODY = '/usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups'.split(' ');

/** The name of its row. */
export const furtherName = ({ name }: FurtherWay): string => `untrusted code ${name}`;

export interface FurtherOutcome {
  /** `runs`, `refused`, `lacks` what it takes, or how it ended where none can be told. */
  readonly value: string;
  /** What was said last. */
  readonly said: string;
}

/** The enforcer's only answer (EPERM), and the loader's, which passes over what it may not open. */
const REFUSAL = /Operation not permitted|cannot open shared object file/;

/** Tries one of them with a file that nobody has seen before. */
export async function tryFurtherWay(world: FapolicydWorld, way: FurtherWay): Promise<FurtherOutcome> {
  const { name, status, bytes } = freshBytes(way.content);
  const path = `/srv/${name}`;
  const input = { input: Buffer.from(bytes) };
  const put = `cat > ${path} && chmod ${way.mode ?? '755'} ${path}`;
  if (way.input !== true) await world.run(['/usr/bin/sh', '-c', put], input);
  const argv = [...(way.root ? [] : NOBODY), ...way.argv(path, bytes.length)];
  const ended = await world.run(argv, way.input === true ? input : {});
  const said = `${ended.stderr}${ended.stdout}`.trim().split('\n').at(-1) ?? '';
  if (ended.status === status) return { value: 'runs', said: 'runs' };
  if (said.startsWith('lacks ')) return { value: 'lacks', said };
  const how = `ended with ${ended.status ?? ended.signal}: ${said}`;
  return { value: REFUSAL.test(said) ? 'refused' : how, said: how };
}
