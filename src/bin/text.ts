import { readFileSync } from 'node:fs';
import type { ProgramText } from '../cli/program.ts';

/** Version and description as the package states them. */
export function programText(): ProgramText {
  const file = new URL('../../package.json', import.meta.url);
  const { version, description } = JSON.parse(readFileSync(file, 'utf8')) as ProgramText;
  return { version, description };
}
