import { arch } from 'node:os';
import { type Attempt, RAN, refused } from './attempt.ts';
import { errnoOf } from './errno.ts';
import { type Content, freshBytes, PROGRAM } from './fresh.ts';
import { isThere, MEMORY_MAKERS } from './programs.ts';
import { start } from './start.ts';

/** Number of `memfd_create`, by Node's name of the architecture. */
const SYSTEM_CALLS: Readonly<Record<string, number>> = { x64: 319, arm64: 279 };
/** Flag that asks for a file which may be executed; kernels before 6.3 do not know it and need none. */
const EXECUTABLE = 0x10;
/** Status that says "refused", and that no fresh program has; what was refused, and by which errno, is on the output. */
const SAID = 120;

/**
 * Reads a program from the input, makes it in memory and becomes it, or has the loader become it; or tells what was
 * refused. The loader needs no permission to execute, so the file need not be one that may be executed.
 */
const SCRIPTS = {
  perl: (call: number, loader: string | null) => `$^F=99;my $n="canary";binmode STDIN;local $/;my $b=<STDIN>;
my $f=syscall(${call},$n,${loader === null ? EXECUTABLE : 0});$f=syscall(${call},$n,0) if $f<0&&$!+0==22;
if($f<0){print "make ",$!+0;exit ${SAID}}
open(my $h,">&=",$f);binmode $h;syswrite($h,$b);my $p="/proc/self/fd/$f";
exec {${loader === null ? '$p' : `"${loader}"`}} "canary",$p or do{print "execute ",$!+0;exit ${SAID}}`,
  python: (_call: number, loader: string | null) => `import os,sys
b=sys.stdin.buffer.read()
try:
 try: f=os.memfd_create("canary",${loader === null ? EXECUTABLE : 0})
 except OSError as e:
  if e.errno!=22: raise
  f=os.memfd_create("canary",0)
except OSError as e:
 print("make",e.errno);sys.exit(${SAID})
os.write(f,b);os.set_inheritable(f,True)
try: os.execve(${loader === null ? 'f' : `"${loader}"`},["canary","/proc/self/fd/%d"%f],{})
except OSError as e: print("execute",e.errno);sys.exit(${SAID})`,
} as const;

const SCRIPT_FLAG = { perl: '-e', python: '-c' } as const;

/**
 * Tries a fresh program that never is a file: made by `memfd_create(2)`, and executed by its descriptor or opened by it.
 * @param content what is made
 * @param loader the dynamic loader that is to run it; null to execute it
 */
export async function tryInMemory(
  user: number,
  content: Content = PROGRAM,
  loader: string | null = null,
): Promise<Attempt> {
  const call = SYSTEM_CALLS[arch()];
  if (call === undefined) return { kind: 'untried', detail: `no system call is known for ${arch()}` };
  for (const { path, language } of MEMORY_MAKERS) {
    if (!(await isThere(path))) continue;
    const { bytes, status } = freshBytes(content);
    // Perl complains about locales it does not have on the output that is read.
    const environment = { LC_ALL: 'C' };
    const args = [SCRIPT_FLAG[language], SCRIPTS[language](call, loader)];
    const ended = await start({ path, args, environment, input: bytes, user });
    if (ended.kind !== 'ended') return { kind: 'untried', detail: `${path} could not be used` };
    if (ended.status === status) return RAN;
    const [, step, number] = /(make|execute) (\d+)/.exec(ended.said) ?? [];
    if (ended.status !== SAID || step === undefined)
      return { kind: 'unclear', detail: `${path} ended with status ${ended.status}` };
    return refused(step === 'make' ? 'make a program in memory' : 'execute', errnoOf(Number(number)));
  }
  const names = MEMORY_MAKERS.map(({ path }) => path).join(', ');
  return { kind: 'untried', detail: `there is none of ${names}` };
}
