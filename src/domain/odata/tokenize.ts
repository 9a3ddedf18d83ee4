import { echo, faultAt } from './fault.ts';

/** `end` closes every list, so that a reader always has a token to look at. */
export type TokenKind = 'word' | 'string' | 'number' | 'guid' | 'time' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a string, what stands between the quotes with `''` made one quote. */
  readonly text: string;
  /** Character where it begins, counted from 1. */
  readonly at: number;
}

const BLANK = /[ \t\r\n]+/y;
const WORD = /[A-Za-z_]\w*/y;
const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/iy;
/** A blank before the offset is a `+` that the form decoding of the query took away. */
const TIME = /\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[-+ ]\d\d:?\d\d)?|Z)?(?![\w:.+-])/iy;
const NUMBER = /-?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w:.+-])/iy;
const SYMBOL = /[(),/:*]/y;

/** Tried in this order: a GUID may begin like a word or a number, a date like a number. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['guid', GUID],
  ['time', TIME],
  ['number', NUMBER],
  ['word', WORD],
  ['symbol', SYMBOL],
];

function matchAt(pattern: RegExp, text: string, index: number): string | null {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? null;
}

/** Index after the closing quote of the string that opens at `start`; -1 when it is never closed. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf("'", start + 1);
  while (quote >= 0 && text[quote + 1] === "'") quote = text.indexOf("'", quote + 2);
  return quote < 0 ? -1 : quote + 1;
}

/**
 * Cuts the value of a query option into tokens, in time linear in its length.
 * @throws CordonError `ODataError` for an unclosed string or a character that begins nothing.
 */
export function tokenize(option: string, text: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    const blank = matchAt(BLANK, text, index);
    if (blank !== null) {
      index += blank.length;
      continue;
    }
    if (text[index] === "'") {
      const end = endOfString(text, index);
      if (end < 0) throw faultAt(option, index + 1, 'the string that begins here has no closing quote.');
      tokens.push({
        kind: 'string',
        text: text.slice(index + 1, end - 1).replaceAll("''", "'"),
        at: index + 1,
      });
      index = end;
      continue;
    }
    const token = tokenAt(text, index);
    if (token === null) throw faultAt(option, index + 1, unreadable(text, index));
    tokens.push(token);
    index += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length + 1 });
  return tokens;
}

function tokenAt(text: string, index: number): Token | null {
  for (const [kind, pattern] of PATTERNS) {
    const found = matchAt(pattern, text, index);
    if (found !== null) return { kind, text: found, at: index + 1 };
  }
  return null;
}

function unreadable(text: string, index: number): string {
  if (text[index] === '"') return 'strings stand in single quotes, not in double quotes.';
  const run = matchAt(/[-\w.:+]+/y, text, index);
  if (run !== null) return `${echo(run)} is not a literal; strings stand in single quotes.`;
  return `${echo(String.fromCodePoint(text.codePointAt(index)!))} is not expected here.`;
}
