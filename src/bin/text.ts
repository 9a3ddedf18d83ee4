import { readFileSync } from 'node:fs';
import type { ProgramText } from '../cli/program.ts';

/** Name, version and description as the package states them. */
export function programText(): ProgramText {
  const file = new URL('../../package.json', import.meta.url);
  const { name, version, description } = JSON.parse(readFileSync(file, 'utf8')) as ProgramText;
  return { name, version, description };
}
