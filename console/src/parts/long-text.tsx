import { useState } from 'react';
import { Text } from './text.tsx';

/** Lines that are shown of a long text, and about how many characters they hold. */
const LINES = 6;
const CHARACTERS = 500;

/** A text of several lines; a long one is folded after the first of them until its reader wants all. */
export function LongText({ value }: { readonly value: string }) {
  const [whole, setWhole] = useState(false);
  const long = value.length > CHARACTERS || value.split('\n').length > LINES;
  return (
    <>
      <p className={long && !whole ? 'comment folded' : 'comment'}>
        <Text value={value} />
      </p>
      {long ? (
        <button type="button" className="link" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? 'Show less' : 'Show all'}
        </button>
      ) : null}
    </>
  );
}
