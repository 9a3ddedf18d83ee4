import type { Io } from '../io.ts';
import { harmless, painter } from './style.ts';

/** Writes facts as lines of a name and a value; what lies deeper is indented below its name. */
export function writeReport(io: Io, facts: object): void {
  const paint = painter(io.stdout, io);
  const lines = factLines(facts, 0).map(([indent, name, text]) =>
    `${' '.repeat(indent)}${paint('dim', `${words(name)}:`)} ${harmless(text)}`.trimEnd(),
  );
  io.stdout.write(`${lines.join('\n')}\n`);
}

type Line = readonly [indent: number, name: string, text: string];

function factLines(facts: object, indent: number): Line[] {
  return Object.entries(facts).flatMap(([name, fact]): Line[] => {
    if (fact === null || fact === undefined) return [[indent, name, 'none']];
    if (typeof fact !== 'object') return [[indent, name, String(fact)]];
    if (Array.isArray(fact) && fact.every((item) => typeof item !== 'object')) {
      return [[indent, name, fact.length === 0 ? 'none' : fact.join(', ')]];
    }
    return [[indent, name, ''], ...factLines(fact, indent + 2)];
  });
}

/** `lastSeenAt` → `last seen at`. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
