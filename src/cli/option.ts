import { UsageError } from './usage-error.ts';

/** One option of a verb: its flag and environment variable follow from its name in the verb's table. */
export interface OptionRow<T> {
  /** What stands for the value in help; null for a flag that takes none. */
  readonly placeholder: string | null;
  readonly description: string;
  /** Reads what was written. Throws a `UsageError` whose message continues "--name (CORDON_NAME) …". */
  readonly parse: (text: string) => T;
  /** Value when nothing was written. */
  readonly preset: T;
  /** The preset as help shows it; null when there is nothing to show. */
  readonly presetText: string | null;
  /** May be given several times; the texts are joined by commas, as in the environment variable. */
  readonly repeated: boolean;
  readonly required: boolean;
  /** Heading of the option in help. */
  readonly group: string | null;
  /** Environment variable, where it does not follow from the name. */
  readonly variable: string | null;
  /** Options of the same verb whose variables are not read where this one is on the command line. */
  readonly replaces: readonly string[];
  /** Options of the same verb that cannot be on the command line beside this one. */
  readonly excludes: readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: a table of rows of different types
export type OptionRows = Readonly<Record<string, OptionRow<any>>>;

/** Values of a table of options, by name. */
export type Values<O extends OptionRows> = {
  readonly [K in keyof O]: O[K] extends OptionRow<infer T> ? T : never;
};

const row = <T>(
  placeholder: string | null,
  description: string,
  parse: (text: string) => T,
  preset: T,
): OptionRow<T> => ({
  placeholder,
  description,
  parse,
  preset,
  presetText: null,
  repeated: false,
  required: false,
  group: null,
  variable: null,
  replaces: [],
  excludes: [],
});

/** An option with a value of any kind, null when it was not given. */
export const value = <T>(placeholder: string, description: string, parse: (text: string) => T) =>
  row<T | null>(placeholder, description, parse, null);

export const text = (placeholder: string, description: string) =>
  value<string>(placeholder, description, (written) => written);

/** True or false; `--no-name` turns off what the environment turned on. */
export const flag = (description: string) => row<boolean>(null, description, parseFlag, false);

/** One of a few words, matched in any letter case. */
export const choice = <const W extends string>(
  placeholder: string,
  description: string,
  words: readonly W[],
) => value<W>(placeholder, `${description}: ${words.join(', ')}`, (written) => parseChoice(written, words));

/** An option that may be given several times, or once with commas. */
export const list = <T>(
  placeholder: string,
  description: string,
  parse: (text: string) => T,
): OptionRow<T[]> => ({
  ...row<T[]>(placeholder, description, (written) => partsOf(written).map(parse), []),
  repeated: true,
});

/** The same option with a value when nothing was written, and its text in help when that differs. */
export const preset = <T>(
  option: OptionRow<T | null>,
  value: T,
  presetText = String(value),
): OptionRow<T> => ({
  ...option,
  parse: option.parse as (text: string) => T,
  preset: value,
  presetText,
});

/** The same option, which must be given. */
export const required = <T>(option: OptionRow<T | null>): OptionRow<T> => ({
  ...option,
  parse: option.parse as (text: string) => T,
  preset: null as T,
  required: true,
});

/** The same options under a heading in help. */
export function grouped<O extends OptionRows>(group: string, options: O): O {
  return Object.fromEntries(
    Object.entries(options).map(([name, row]) => [name, { ...row, group }]),
  ) as unknown as O;
}

/** `clientSecret` → `--client-secret`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `clientSecret` → `CORDON_CLIENT_SECRET`, unless the row names another. */
export function variableOf(name: string, row: OptionRow<unknown>): string {
  return row.variable ?? `CORDON_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function parseFlag(written: string): boolean {
  const word = written.toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  if (['0', 'false', 'no', 'off'].includes(word)) return false;
  throw new UsageError('is switched with 1 or 0');
}

/** The word of the table in its own letter case. */
export function parseChoice<const W extends string>(written: string, words: readonly W[]): W {
  const found = words.find((word) => word.toLowerCase() === written.toLowerCase());
  if (found === undefined) throw new UsageError(`is one of ${words.join(', ')}; "${written}" is not`);
  return found;
}

function partsOf(written: string): string[] {
  return written
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
