import type { MouseEvent, ReactNode } from 'react';
import { navigate } from 'wouter/use-browser-location';

interface Props {
  /** Below the console's root. */
  readonly to: string;
  readonly children: ReactNode;
}

/** The link of a row. The router's own would listen to the address in every row; this one needs only to change it. */
export function RowLink({ to, children }: Props) {
  const href = `/console${to}`;
  const follow = (event: MouseEvent) => {
    // Another tab or window is the browser's business.
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a href={href} tabIndex={-1} className="name" onClick={follow}>
      {children}
    </a>
  );
}
