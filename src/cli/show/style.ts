import { styleText } from 'node:util';
import { hasColours, type Io, type Sink } from '../io.ts';

type Format = Parameters<typeof styleText>[0];

/** Writes a text in a colour, or as it is where colours are not wanted. */
export type Paint = (format: Format, text: string) => string;

/** The painter of a sink: colours on a terminal only, none under NO_COLOR. */
export function painter(sink: Sink, io: Io): Paint {
  const colours = hasColours(sink, io.environment);
  return (format, text) => (colours ? styleText(format, text, { validateStream: false }) : text);
}

/**
 * Text of others (comments, names, reasons) without what a terminal would obey: control characters and the marks that
 * turn the direction of writing.
 */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (mark) =>
    mark === '\n' ? ' ' : '�',
  );
}
