import { type ReactNode, useEffect, useRef } from 'react';
import { whenPainted } from './painted.ts';

interface Props {
  /** True where the page is clear to who sees it. */
  readonly unseen?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** The heading of a page, which has the focus when the page was opened. One that comes late takes it from nothing but the page. */
export function PageHeading({ unseen = false, className, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(
    () =>
      whenPainted(() => {
        const { activeElement } = document;
        if (activeElement === document.body || activeElement?.id === 'content') focusOn(heading.current);
      }),
    [],
  );
  return (
    <h1 ref={heading} tabIndex={-1} className={unseen ? 'unseen' : className}>
      {children}
    </h1>
  );
}

/** Leads the focus to the page that was just opened: to its heading, or to where that will be. */
export function focusOnPage(): void {
  // A dialog keeps the focus.
  if (document.activeElement?.closest('[role=dialog], [role=alertdialog]') != null) return;
  focusOn(document.querySelector<HTMLElement>('#content h1') ?? document.getElementById('content'));
}

const focusOn = (element: HTMLElement | null): void => element?.focus({ preventScroll: true });
