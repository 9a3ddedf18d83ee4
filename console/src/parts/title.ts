import { useEffect } from 'react';
import { whenPainted } from './painted.ts';

/** Names the page in the browser's tab and history, which takes its time and comes after the page. */
export function useTitle(title: string): void {
  useEffect(
    () =>
      whenPainted(() => {
        document.title = `${title} · Cordon`;
      }),
    [title],
  );
}
