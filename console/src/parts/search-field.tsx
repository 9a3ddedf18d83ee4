import { useRef } from 'react';
import { Icon } from './icon.tsx';
import { useSlash } from './slash.ts';

interface Props {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** What the arrow down leads to. */
  readonly onDown?: () => void;
}

/** The field that `/` leads to. `Esc` empties it. */
export function SearchField({ label, placeholder, value, onChange, onDown }: Props) {
  const field = useRef<HTMLInputElement>(null);
  useSlash(field);
  return (
    <div className="find">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') onDown?.();
          if (event.key === 'Escape' && value !== '') onChange('');
        }}
      />
      <kbd>/</kbd>
    </div>
  );
}
