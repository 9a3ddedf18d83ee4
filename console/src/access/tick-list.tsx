interface Props<V extends string> {
  readonly label: string;
  readonly values: readonly V[];
  readonly chosen: readonly V[];
  readonly onChange: (chosen: V[]) => void;
}

/** Some of several. */
export function TickList<V extends string>({ label, values, chosen, onChange }: Props<V>) {
  return (
    <fieldset className="tick-list">
      <legend>{label}</legend>
      {values.map((value) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ target }) =>
              onChange(target.checked ? [...chosen, value] : chosen.filter((one) => one !== value))
            }
          />
          {value}
        </label>
      ))}
    </fieldset>
  );
}
