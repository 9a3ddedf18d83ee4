import { flagOf, type OptionRow, type OptionRows, type Values, variableOf } from './option.ts';
import { UsageError } from './usage-error.ts';

/** Texts as they stood on the command line; several for an option that was repeated, a boolean for a flag. */
export type Written = Readonly<Record<string, string | string[] | boolean | undefined>>;

/**
 * Values of a verb's options: the command line first, then the environment (an empty variable counts as absent),
 * then the preset.
 * @throws UsageError that names the option or the variable that was wrong, and both where nothing was given.
 */
export function readValues<O extends OptionRows>(
  rows: O,
  written: Written,
  environment: Readonly<Record<string, string | undefined>>,
): Values<O> {
  const values = Object.entries(rows).map(([name, row]) => [
    name,
    readValue(name, row, written[name], environment),
  ]);
  return Object.fromEntries(values) as Values<O>;
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
