import { Command, InvalidArgumentError } from 'commander';

/** A script of `bench/` with its `--json` and `--help`. Wrong usage ends it with status 2, as it does every command of ours. */
export function benchCommand(script: string, description: string): Command {
  return new Command(`npm run ${script} --`)
    .description(description)
    .helpOption('-h, --help', 'this text')
    .option('--json', 'print one JSON object', false)
    .showHelpAfterError(`\`npm run ${script} -- --help\` says what there is.`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

/** A size: a whole number from 1, of nine digits at most. */
export const WHOLE_NUMBER = /^[1-9]\d{0,8}$/;

export function wholeNumber(text: string): number {
  if (!WHOLE_NUMBER.test(text)) throw new InvalidArgumentError('A whole number from 1 is expected.');
  return Number(text);
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1e9)) throw new InvalidArgumentError('A number above 0 is expected.');
  return value;
}
