import { type ComponentProps, useId } from 'react';

interface Props extends Omit<ComponentProps<'input'>, 'id' | 'className' | 'onChange'> {
  readonly label: string;
  readonly help?: string;
  readonly error?: string | undefined;
  readonly onChange?: (text: string) => void;
  readonly mono?: boolean;
}

/** The browser's own field, for the sign-in: React Aria would be a third of what that page loads. */
export function PlainField({ label, help, error, onChange, mono = false, ...rest }: Props) {
  const id = useId();
  const described = [help === undefined ? '' : `${id}help`, error === undefined ? '' : `${id}error`];
  return (
    <div className={mono ? 'field mono' : 'field'}>
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        id={id}
        aria-describedby={described.join(' ').trim() || undefined}
        aria-invalid={error === undefined ? undefined : true}
        onChange={(event) => onChange?.(event.target.value)}
      />
      {help === undefined ? null : (
        <span id={`${id}help`} className="help">
          {help}
        </span>
      )}
      {error === undefined ? null : (
        <span id={`${id}error`} className="error">
          {error}
        </span>
      )}
    </div>
  );
}
