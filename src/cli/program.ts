import { Command, Option } from 'commander';
import { EXIT, type Exit } from './exit.ts';
import { hasColours } from './io.ts';
import { flagOf, type OptionRow, variableOf } from './option.ts';
import { readValues } from './read-values.ts';
import type { AnyVerb, ArgumentRow, Context, Entry } from './verb.ts';
import { isGroup } from './verb.ts';

export interface ProgramText {
  /** Name that the command is called by. */
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/** Headings of the help and the verbs below each, in this order. */
export type Headings = Readonly<Record<string, readonly Entry[]>>;

/**
 * Builds the command from its tables. Nothing runs before `parseAsync`; then `onExit` is told how the verb ended, and
 * a command line that cannot be used rejects with commander's own error.
 */
export function buildProgram(
  headings: Headings,
  text: ProgramText,
  context: Context,
  onExit: (exit: Exit) => void,
): Command {
  const program = new Command(text.name)
    .description(text.description)
    .version(text.version, '-V, --version', 'Show the version');
  configure(program, context);
  for (const [heading, entries] of Object.entries(headings)) {
    for (const entry of entries)
      program.addCommand(commandOf(entry, context, onExit).helpGroup(`${heading}:`));
  }
  return program.addHelpText('after', `\n${exitText()}`);
}

function commandOf(entry: Entry, context: Context, onExit: (exit: Exit) => void): Command {
  const command = new Command(entry.name).summary(entry.summary).description(entry.description);
  configure(command, context);
  if (isGroup(entry)) {
    for (const row of entry.verbs) command.addCommand(commandOf(row, context, onExit));
    return command.addHelpText('after', '\nEach of these has its own --help with examples.');
  }
  for (const row of entry.arguments) command.argument(argumentSyntax(row), row.description);
  for (const [name, row] of Object.entries(entry.options)) {
    command.addOption(optionOf(name, row as OptionRow<unknown>));
    if ((row as OptionRow<unknown>).placeholder === null) {
      command.addOption(new Option(flagOf(name).replace('--', '--no-')).hideHelp());
    }
  }
  command.addHelpText('after', examplesText(entry));
  return command.action(async () => {
    const values = readValues(entry.options, writtenOf(command), context.io.environment);
    onExit(await entry.run(values, command.args, context));
  });
}

/** Help goes where the tests can see it, wrapped to the terminal; nothing ends the process. */
function configure(command: Command, { io }: Context): void {
  command.addHelpOption(new Option('-h, --help', 'Show this help').helpGroup('Help:')).helpCommand(false);
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    outputError: () => {},
    getOutHelpWidth: () => io.stdout.columns ?? 100,
    getErrHelpWidth: () => io.stderr.columns ?? 100,
    getOutHasColors: () => hasColours(io.stdout, io.environment),
    getErrHasColors: () => hasColours(io.stderr, io.environment),
  });
}

function argumentSyntax(row: ArgumentRow): string {
  const name = row.several === true ? `${row.name}...` : row.name;
  return row.optional === true ? `[${name}]` : `<${name}>`;
}

/** What help says of an option: its meaning, its preset and its variable. Shared with docs/configuration.md. */
export function optionNotes(name: string, row: OptionRow<unknown>): string {
  const notes = [`env: ${variableOf(name, row)}`];
  if (row.presetText !== null) notes.unshift(`default: ${row.presetText}`);
  if (row.required) notes.unshift('needed');
  if (row.repeated) notes.unshift('may be repeated');
  return `(${notes.join('; ')})`;
}

function optionOf(name: string, row: OptionRow<unknown>): Option {
  const flags = row.placeholder === null ? flagOf(name) : `${flagOf(name)} <${row.placeholder}>`;
  const option = new Option(flags, `${row.description} ${optionNotes(name, row)}`);
  if (row.group !== null) option.helpGroup(`${row.group}:`);
  if (row.repeated)
    option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text]);
  return option;
}

/** Only what stood on the command line: commander's own preset of a negated flag does not count. */
function writtenOf(command: Command): Record<string, string | string[] | boolean | undefined> {
  const written = Object.entries(command.opts()).filter(
    ([name]) => command.getOptionValueSource(name) === 'cli',
  );
  return Object.fromEntries(written);
}

function examplesText(row: AnyVerb): string {
  const lines = row.examples.map(({ line, does }) => `  # ${does}\n  ${line}`);
  return `\nExamples:\n${lines.join('\n\n')}`;
}

function exitText(): string {
  const lines = Object.values(EXIT).map(({ status, meaning }) => `  ${String(status).padEnd(4)}${meaning}`);
  return `Exit status:\n${lines.join('\n')}`;
}
