import type { ReactNode } from 'react';
import { PageHeading } from './page-heading.tsx';

interface Props {
  readonly title: string;
  /** True where it is all that the page has. */
  readonly alone?: boolean;
  readonly children?: ReactNode;
}

/** Where there is nothing to show: why, and what to do. */
export function Empty({ title, alone = false, children }: Props) {
  return (
    <div className="empty">
      {alone ? <PageHeading className="what">{title}</PageHeading> : <p className="what">{title}</p>}
      {children}
    </div>
  );
}
