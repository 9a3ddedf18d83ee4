import { useId } from 'react';

interface Props<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly choices: readonly { readonly value: V; readonly word: string }[];
  readonly onChange: (value: V) => void;
  /** Hides the label from view where the choice itself says what it is of. */
  readonly compact?: boolean;
}

/** One of several, by the browser's own list: the best there is on a phone, and with a keyboard. */
export function Choice<V extends string>({ label, value, choices, onChange, compact = false }: Props<V>) {
  const id = useId();
  return (
    <div className={compact ? 'choice compact' : 'choice'}>
      <label htmlFor={id} className={compact ? 'unseen' : undefined}>
        {label}
      </label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as V)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.word}
          </option>
        ))}
      </select>
    </div>
  );
}
