/**
 * The first text that sorts after every text beginning with the prefix, by code points, so that "starts with" is a range
 * of an index; null when there is none (nothing sorts after a prefix of U+10FFFF only).
 */
export function prefixEnd(prefix: string): string | null {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
  while (points.length > 0) {
    const last = points.pop() as number;
    if (last === 0x10ffff) continue;
    // The surrogates U+D800 to U+DFFF are not characters; the next one is U+E000.
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return String.fromCodePoint(...points, next);
  }
  return null;
}
