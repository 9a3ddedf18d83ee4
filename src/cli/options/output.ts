import type { Io } from '../io.ts';
import { flag, grouped } from '../option.ts';

export const OUTPUT = grouped('Output', {
  json: flag('Write one JSON document to standard output, and errors as JSON to standard error'),
});

/** The one document of a verb with `--json`. */
export function writeJson(io: Io, document: unknown): void {
  io.stdout.write(`${JSON.stringify(document, null, io.stdout.isTTY === true ? 2 : 0)}\n`);
}
