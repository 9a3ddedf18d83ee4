import type { ComponentProps } from 'react';
import { Icon, type IconName } from './icon.tsx';

interface Props extends Omit<ComponentProps<'button'>, 'className' | 'disabled' | 'onClick'> {
  /** `main` is the one thing to do; `danger` for what takes something away; `quiet` has no frame. */
  readonly look?: 'plain' | 'main' | 'danger' | 'quiet';
  readonly icon?: IconName;
  readonly onPress?: () => void;
  /** True while what it began goes on: it keeps the focus, and a press does nothing. */
  readonly isPending?: boolean;
  readonly isDisabled?: boolean;
  /** True where a press does nothing, for a reason that `aria-describedby` leads to. It can have the focus. */
  readonly isBlocked?: boolean;
}

/** The browser's own button. The one of React Aria is a third of the script that the first page would load. */
export function Button({
  look = 'plain',
  icon,
  children,
  onPress,
  isPending = false,
  isDisabled = false,
  isBlocked = false,
  type = 'button',
  ...rest
}: Props) {
  return (
    <button
      {...rest}
      type={type}
      className={`button ${look}`}
      disabled={isDisabled}
      aria-disabled={isPending || isBlocked || undefined}
      onClick={(event) => {
        if (isPending || isBlocked) event.preventDefault();
        else onPress?.();
      }}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {children === undefined ? null : <span>{children}</span>}
    </button>
  );
}
