import { echo, faultAt } from './fault.ts';
import { type Token, tokenize } from './tokenize.ts';

/** Walks over the tokens of one query option. */
export interface Cursor {
  readonly option: string;
  peek(): Token;
  take(): Token;
  /** The word that comes next in lower case; null when something else does. */
  word(): string | null;
  /** Takes the symbol when it comes next. */
  accept(symbol: string): boolean;
  /** @throws CordonError `ODataError` when something else comes next. */
  expect(symbol: string): void;
  /** Error that says what was expected in place of the next token. */
  unexpected(expected: string): Error;
}

/** @throws CordonError `ODataError` when the text cannot be cut into tokens. */
export function cursorOver(option: string, text: string): Cursor {
  const tokens = tokenize(option, text);
  let index = 0;
  const peek = (): Token => tokens[index]!;
  const isSymbol = (symbol: string): boolean => peek().kind === 'symbol' && peek().text === symbol;
  const unexpected = (expected: string): Error => {
    const found = peek();
    const what = found.kind === 'end' ? 'the end' : echo(found.text);
    return faultAt(option, found.at, `expected ${expected}, found ${what}.`);
  };
  const take = (): Token => {
    const token = peek();
    if (token.kind !== 'end') index += 1;
    return token;
  };
  return {
    option,
    peek,
    take,
    word: () => (peek().kind === 'word' ? peek().text.toLowerCase() : null),
    accept: (symbol) => {
      const next = isSymbol(symbol);
      if (next) take();
      return next;
    },
    expect: (symbol) => {
      if (!isSymbol(symbol)) throw unexpected(`'${symbol}'`);
      take();
    },
    unexpected,
  };
}
