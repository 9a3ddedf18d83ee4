import { CommanderError } from 'commander';
import { EXIT, type Exit } from './exit.ts';
import type { Io } from './io.ts';
import { explain } from './problem.ts';
import { buildProgram, type Headings, type ProgramText } from './program.ts';
import type { Runners } from './runners.ts';
import { UsageError } from './usage-error.ts';
import { type Entry, isGroup } from './verb.ts';

/**
 * Runs one command line (without the program's name) and answers with its exit status. Every failure is written to
 * the error stream: a sentence for people, or `{"error":{"code","message","target"}}` where JSON was asked for.
 */
export async function runCommandLine(
  words: readonly string[],
  headings: Headings,
  text: ProgramText,
  runners: Runners,
  io: Io,
): Promise<number> {
  let exit: Exit = 'done';
  const program = buildProgram(named(headings, words[0]), text, { io, runners }, (ended) => {
    exit = ended;
  });
  try {
    await program.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done.status;
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage.status;
    exit = report(error, helpLine(words, headings, text), words.includes('--json'), io);
  }
  return EXIT[exit].status;
}

function report(error: unknown, help: string, json: boolean, io: Io): Exit {
  const exit: Exit =
    error instanceof UsageError || error instanceof CommanderError
      ? 'usage'
      : io.signal.aborted
        ? 'interrupted'
        : 'refused';
  const problem = explain(error, exit, help);
  if (json || /^(1|true|yes|on)$/i.test(io.environment.CORDON_JSON ?? '')) {
    const { code, message, target } = problem;
    io.stderr.write(`${JSON.stringify({ error: { code, message, target } })}\n`);
  } else {
    io.stderr.write(`cordon: ${[problem.message, ...problem.remedies].join('\n        ')}\n`);
  }
  if (io.environment.CORDON_DEBUG === '1' && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  return exit;
}

/** The entry that the line begins with, alone when there is one: making the options of all verbs takes longer than most verbs. */
function named(headings: Headings, word: string | undefined): Headings {
  for (const [heading, entries] of Object.entries(headings)) {
    const entry = entries.find(({ name }) => name === word);
    if (entry !== undefined) return { [heading]: [entry] };
  }
  return headings;
}

/** The command line that shows the help of the verb, as far as it was written rightly. */
function helpLine(words: readonly string[], headings: Headings, { name: command }: ProgramText): string {
  const named: string[] = [];
  let entries: readonly Entry[] = Object.values(headings).flat();
  for (const word of words) {
    const entry = entries.find(({ name }) => name === word);
    if (entry === undefined) break;
    named.push(entry.name);
    entries = isGroup(entry) ? entry.verbs : [];
  }
  return [command, ...named, '--help'].join(' ');
}
