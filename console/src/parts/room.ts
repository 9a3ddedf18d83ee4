import { elementScroll, type Virtualizer } from '@tanstack/react-virtual';

/** Pixels that a page has above and below its list, about. A wrong guess is put right before the first frame is seen. */
const AROUND = 150;

/** The room for rows before the page was laid out: a guess, so that the rows in view are there when it first is. */
export const guessedRoom = () => ({ width: innerWidth, height: Math.max(0, innerHeight - AROUND) });

/**
 * Tells of the room for rows whenever the browser has laid the page out. What the library does by itself asks for it at
 * once, and the page would be laid out once without and once with its rows.
 */
export function observeRoom<S extends Element, T extends Element>(
  { scrollElement }: Virtualizer<S, T>,
  tell: (room: { width: number; height: number }) => void,
): (() => void) | undefined {
  if (scrollElement === null) return;
  const observer = new ResizeObserver((entries) => {
    const { width, height } = entries.at(-1)!.contentRect;
    tell({ width: Math.round(width), height: Math.round(height) });
  });
  observer.observe(scrollElement);
  return () => observer.disconnect();
}

/** What scrolls a list: not to where it is at first, for which alone the browser would lay the page out. */
export function createScroll<T extends Element>(): typeof elementScroll<T> {
  let begun = false;
  return (offset, options, instance) => {
    if (begun || offset !== 0) elementScroll(offset, options, instance);
    begun = true;
  };
}
