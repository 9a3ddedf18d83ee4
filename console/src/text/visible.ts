/** A piece of a text: as it is, or a character, or a run of them, that would change what a person sees. */
export interface Piece {
  readonly text: string;
  readonly control: boolean;
}

/**
 * Characters that are invisible or reorder their surroundings: controls (line feed and tab are left to the page), marks
 * and overrides of direction, isolates, zero-width spaces, the byte order mark, tags, separators of lines. A zero-width
 * joiner is left alone: scripts and pictures need it, and it reorders nothing. Of marks that are put on a letter four are, as no
 * script needs more: piled up they cover the lines above and below.
 */
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|(?<=\p{M}{4})\p{M}+/gu;

/** Nothing that can be seen: spaces of any kind, and letters that have no form. */
const BLANK = /^[\s\u115f\u1160\u2800\u3164\uffa0]+$/u;

/** The text in pieces, so that what is invisible in it can be shown. Pieces joined are the text. */
export function piecesOf(text: string): Piece[] {
  if (BLANK.test(text)) return [{ text, control: true }];
  const pieces: Piece[] = [];
  let at = 0;
  for (const { 0: control, index } of text.matchAll(CONTROLS)) {
    if (index > at) pieces.push({ text: text.slice(at, index), control: false });
    pieces.push({ text: control, control: true });
    at = index + control.length;
  }
  if (at < text.length || pieces.length === 0) pieces.push({ text: text.slice(at), control: false });
  return pieces;
}

/** `U+202E`; of a run the first, and how many there are: `U+0301 ×117` */
export function codePoint(characters: string): string {
  const code = characters.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  const count = [...characters].length;
  return count === 1 ? `U+${code}` : `U+${code} ×${count}`;
}

/** The text with its controls spelled out, where markup is not possible: titles, names for screen readers. */
export const spelledOut = (text: string): string =>
  piecesOf(text)
    .map(({ text: piece, control }) => (control ? `[${codePoint(piece)}]` : piece))
    .join('');
