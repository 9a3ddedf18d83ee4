import type { ReactNode } from 'react';

/** Where there is nothing to show: why, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      {alone ? <h1 className="what">{title}</h1> : <p className="what">{title}</p>}
      {children}
    </div>
  );
}
