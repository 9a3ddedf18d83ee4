import { flagOf, type OptionRow, type OptionRows, type Values, variableOf } from './option.ts';
import { UsageError } from './usage-error.ts';

/** Texts as they stood on the command line; several for an option that was repeated, a boolean for a flag. */
export type Written = Readonly<Record<string, string | string[] | boolean | undefined>>;

/**
 * Values of a verb's options: the command line first, then the environment (an empty variable counts as absent),
 * then the preset.
 * An option of the command line can replace the variables of others, and exclude others beside it.
 * @throws UsageError that names the option or the variable that was wrong, and both where nothing was given.
 */
export function readValues<O extends OptionRows>(
  rows: O,
  written: Written,
  environment: Readonly<Record<string, string | undefined>>,
): Values<O> {
  const replaced = new Set(
    Object.entries(rows).flatMap(([name, row]) =>
      isGiven(written[name]) ? replacedBy(name, row, written) : [],
    ),
  );
  const values = Object.entries(rows).map(([name, row]) => [
    name,
    readValue(name, row, written[name], replaced.has(name) ? {} : environment),
  ]);
  return Object.fromEntries(values) as Values<O>;
}

/** A flag that was turned off says nothing about other options. */
const isGiven = (written: Written[string]): boolean => written !== undefined && written !== false;

function replacedBy(name: string, row: OptionRow<unknown>, written: Written): readonly string[] {
  const excluded = row.excludes.find((other) => isGiven(written[other]));
  if (excluded === undefined) return row.replaces;
  throw new UsageError(`${flagOf(name)} and ${flagOf(excluded)} exclude each other; give one of them.`);
}

function readValue(
  name: string,
  row: OptionRow<unknown>,
  written: string | string[] | boolean | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  const variable = variableOf(name, row);
  if (typeof written === 'boolean') return written;
  if (written !== undefined) {
    return parsed(flagOf(name), row, Array.isArray(written) ? written.join(',') : written);
  }
  const fromEnvironment = environment[variable];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return parsed(variable, row, fromEnvironment);
  if (row.required) throw new UsageError(`${flagOf(name)} (or ${variable}) is needed: ${row.description}.`);
  return row.preset;
}

function parsed(source: string, row: OptionRow<unknown>, written: string): unknown {
  try {
    return row.parse(written);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${source} ${error.message}.`);
    throw error;
  }
}
