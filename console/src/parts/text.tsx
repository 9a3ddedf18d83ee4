import { codePoint, piecesOf, spelledOut } from '../text/visible.ts';

/**
 * A text that anybody may have written: it stays text, cannot reorder what is around it, and what is invisible in it is
 * shown by its code point.
 */
export function Text({ value, clip = false }: { readonly value: string; readonly clip?: boolean }) {
  let at = 0;
  return (
    <bdi className={clip ? 'text clip' : 'text'} title={clip ? spelledOut(value) : undefined}>
      {piecesOf(value).map(({ text, control }) => {
        const key = at;
        at += text.length;
        return control ? (
          <span
            key={key}
            className="control-character"
            title="Characters that are invisible, reorder text or cover other lines"
          >
            {codePoint(text)}
          </span>
        ) : (
          text
        );
      })}
    </bdi>
  );
}
