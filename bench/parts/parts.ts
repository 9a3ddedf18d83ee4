import { devices } from './devices.ts';
import { list } from './list.ts';
import type { Part } from './part.ts';
import { postgres } from './postgres.ts';
import { start } from './start.ts';
import { submit } from './submit.ts';
import { tls } from './tls.ts';

/** All parts, in the order in which they run. */
export const PARTS: readonly Part[] = [start, submit, postgres, list, devices, tls];

/** The parts that words name: a part, or a figure of it; all without words. @throws Error that names what is unknown */
export function partsOf(words: readonly string[]): readonly Part[] {
  const names = ({ name, figures }: Part): readonly string[] => [name, ...figures];
  const unknown = words.filter((word) => !PARTS.some((part) => names(part).includes(word)));
  if (unknown.length > 0)
    throw new Error(
      `There is no part or figure ${unknown.join(', ')}. Parts are ${PARTS.map(({ name }) => name).join(', ')}.`,
    );
  return words.length === 0
    ? PARTS
    : PARTS.filter((part) => names(part).some((name) => words.includes(name)));
}
