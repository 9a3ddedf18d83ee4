/** Milliseconds after which it goes on where nothing is painted, as in a page that nobody sees. */
const PATIENCE = 250;

/**
 * Calls back once what was drawn is on the screen, so that what can wait does not make the first picture wait.
 * @returns what calls it off
 */
export function whenPainted(callback: () => void): () => void {
  let timer = setTimeout(callback, PATIENCE);
  // The frame's own callbacks come before it is painted, and the timer after it.
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer);
    timer = setTimeout(callback);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
