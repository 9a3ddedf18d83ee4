import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

const loads = new Set<() => Promise<unknown>>();

/**
 * A part that the first page does without. It is loaded when it is first shown, or before by {@link loadRest}: a server that
 * is away by then must not take the way to act with it.
 */
export function late<P>(load: () => Promise<ComponentType<P>>): LazyExoticComponent<ComponentType<P>> {
  let loading: Promise<ComponentType<P>> | null = null;
  const once = () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  loads.add(once);
  return lazy(async () => ({ default: await once() }));
}

/** Loads every late part, and those that they bring; one that cannot be had is asked for again when it is shown. */
export async function loadRest(): Promise<void> {
  for (const load of loads) await load().catch(() => {});
}

/**
 * Calls back when the browser has nothing else to do.
 * @param quiet whether what comes first is done; where it is not, the browser is asked again a moment later
 * @returns what calls it off
 */
export function whenIdle(callback: () => void, quiet: () => boolean): () => void {
  let handle: ReturnType<typeof setTimeout>;
  const look = () => {
    if (quiet()) idle(callback);
    else handle = setTimeout(look, 200);
  };
  handle = setTimeout(look, 200);
  return () => clearTimeout(handle);
}

/** Safari has no idle callbacks. */
const idle = (callback: () => void): void => {
  if (typeof window.requestIdleCallback === 'function') window.requestIdleCallback(callback);
  else callback();
};
