import { useCallback, useEffect, useRef, useState } from 'react';
import { strangers, type Understood } from './strangers.ts';

/** By path: the query that a page had last, so that a way back leads to the same view. */
const queries = new Map<string, string>();

/** Address of a page, from the console's root, as it was seen last. */
export function lastAddress(path: string): string {
  const query = queries.get(`/console${path}`) ?? '';
  return query === '' ? path : `${path}?${query}`;
}

/**
 * A view that the address says, so that a link shows the same. The page shows a change at once; the address follows when
 * typing pauses, and goes back with the browser.
 */
export function useView<V extends object>(
  read: (query: string) => V,
  write: (view: V) => string,
  understood: Understood,
) {
  const [view, setView] = useState(() => read(location.search));
  const [strange, setStrange] = useState(() => strangers(location.search, understood));
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** The query that the first view was read from. */
  const first = useRef(location.search);

  useEffect(() => {
    const path = location.pathname;
    const back = () => {
      if (location.pathname !== path) return;
      queries.set(path, location.search.slice(1));
      setView(read(location.search));
      setStrange(strangers(location.search, understood));
    };
    // Drawing the page a second time for the same view would take as long as the first.
    if (first.current === location.search) queries.set(path, location.search.slice(1));
    else back();
    // The second is of the router, for a link to the same page.
    const kinds = ['popstate', 'pushState'] as const;
    for (const kind of kinds) addEventListener(kind, back);
    return () => {
      for (const kind of kinds) removeEventListener(kind, back);
    };
  }, [read, understood]);

  const change = useCallback(
    (part: Partial<V>) => {
      // The address is written anew, and says only what is understood.
      setStrange([]);
      setView((before) => {
        const next = { ...before, ...part };
        const path = location.pathname;
        const query = write(next);
        queries.set(path, query);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          if (location.pathname !== path) return;
          history.replaceState(history.state, '', query === '' ? path : `${path}?${query}`);
        }, 150);
        return next;
      });
    },
    [write],
  );
  return [view, change, strange] as const;
}
