/**
 * What a tab keeps over being loaded anew; it goes with the tab. Nothing that opens anything belongs here: scripts read it.
 * A browser may refuse it or have no room: nothing is kept then.
 */
export function keep(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(nameOf(name), JSON.stringify(value));
  } catch {
    forget(name);
  }
}

/** What was kept, whoever wrote it: it is to be looked at before it is believed. Null where there is none. */
export function kept(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(name)) ?? 'null');
  } catch {
    return null;
  }
}

export function forget(name: string): void {
  try {
    sessionStorage.removeItem(nameOf(name));
  } catch {
    // Where nothing may be kept, nothing was.
  }
}

const nameOf = (name: string): string => `cordon-${name}`;
