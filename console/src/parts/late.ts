import { type ComponentType, createElement, type FunctionComponent, use } from 'react';

/** Thrown by a part that could not be loaded. */
export class MissingPart extends Error {}

interface Late {
  /** Loads it, again where that came to nothing before. */
  readonly load: () => Promise<unknown>;
  /** Lets it be loaded again when it is next shown, where that had come to nothing. */
  readonly forgetFailure: () => void;
}

const all = new Set<Late>();

/** A component that is loaded when it is first shown, or before. */
export type LateComponent<P extends object> = FunctionComponent<P> & {
  /** Loads it; once that is done it is drawn without waiting. */
  readonly load: () => Promise<unknown>;
};

/**
 * A part that the first page does without. It is loaded when it is first shown, or before by {@link loadRest}: a server that
 * is away by then must not take the way to act with it. Unlike a lazy component of React it can be had again after it could not.
 */
export function late<P extends object>(load: () => Promise<ComponentType<P>>): LateComponent<P> {
  let loading: Promise<ComponentType<P>> | null = null;
  let loaded: ComponentType<P> | null = null;
  let failed = false;
  const begin = () => {
    failed = false;
    loading = load().catch((cause: unknown) => {
      throw new MissingPart('A part of the page could not be loaded.', { cause });
    });
    loading.then(
      (component) => {
        loaded = component;
      },
      () => {
        failed = true;
      },
    );
    return loading;
  };
  const again = () => (loading === null || failed ? begin() : loading);
  all.add({
    load: again,
    forgetFailure: () => {
      if (failed) loading = null;
    },
  });
  // What failed stays so until it is forgotten, or it would be asked for without end.
  return Object.assign((props: P) => createElement(loaded ?? use(loading ?? begin()), props), {
    load: again,
  });
}

/** Loads every late part, and those that they bring; one that cannot be had is asked for again when it is shown. */
export async function loadRest(): Promise<void> {
  for (const { load } of all) await load().catch(() => {});
  forgetFailures();
}

/** Lets what could not be loaded be loaded again. */
export function forgetFailures(): void {
  for (const { forgetFailure } of all) forgetFailure();
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
