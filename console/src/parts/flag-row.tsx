interface Props<V extends string> {
  readonly label: string;
  readonly words: Readonly<Record<V, string>>;
  readonly values: readonly V[];
  readonly chosen: readonly V[];
  readonly onChange: (chosen: V[]) => void;
  /** What stands behind the word, a number. */
  readonly count?: (value: V) => string;
}

/** Buttons that narrow a list, each by itself. */
export function FlagRow<V extends string>({ label, words, values, chosen, onChange, count }: Props<V>) {
  return (
    <fieldset className="flags">
      <legend className="unseen">{label}</legend>
      {values.map((value) => {
        const pressed = chosen.includes(value);
        return (
          <button
            key={value}
            type="button"
            className={`flag ${value}`}
            aria-pressed={pressed}
            onClick={() => onChange(pressed ? chosen.filter((one) => one !== value) : [...chosen, value])}
          >
            {words[value]}
            {count === undefined ? null : (
              <>
                {' '}
                <span className="number">{count(value)}</span>
              </>
            )}
          </button>
        );
      })}
    </fieldset>
  );
}
