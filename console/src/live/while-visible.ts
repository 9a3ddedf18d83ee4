/**
 * Runs something while the page can be seen. Browsers suspend pages that are not, or keep them for the way back with all
 * their connections open.
 * @param start returns what stops it
 * @param hidden is called when the page is no longer seen
 * @returns what ends it
 */
export function whileVisible(start: () => () => void, hidden: () => void): () => void {
  let stop: (() => void) | null = null;
  const look = () => {
    const visible = document.visibilityState === 'visible';
    if (visible && stop === null) stop = start();
    if (visible || stop === null) return;
    stop();
    stop = null;
    hidden();
  };
  // A page that is left for another one is not hidden in every browser before it is put away.
  const leave = () => {
    stop?.();
    stop = null;
  };
  document.addEventListener('visibilitychange', look);
  window.addEventListener('pagehide', leave);
  window.addEventListener('pageshow', look);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    window.removeEventListener('pagehide', leave);
    window.removeEventListener('pageshow', look);
    leave();
  };
}
