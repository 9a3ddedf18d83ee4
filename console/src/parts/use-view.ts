import { useCallback, useEffect, useRef, useState } from 'react';

/**
 * A view that the address says, so that a link shows the same. The page shows a change at once; the address follows when
 * typing pauses, and goes back with the browser.
 */
export function useView<V extends object>(read: (query: string) => V, write: (view: V) => string) {
  const [view, setView] = useState(() => read(location.search));
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const back = () => setView(read(location.search));
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, [read]);

  const change = useCallback(
    (part: Partial<V>) =>
      setView((before) => {
        const next = { ...before, ...part };
        const path = location.pathname;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          if (location.pathname !== path) return;
          const query = write(next);
          history.replaceState(history.state, '', query === '' ? path : `${path}?${query}`);
        }, 150);
        return next;
      }),
    [write],
  );
  return [view, change] as const;
}
