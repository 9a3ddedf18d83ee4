import { useSyncExternalStore } from 'react';

let message = '';
const listeners = new Set<() => void>();

/** Says something to people who listen to the page, and shows it for a while to those who look at it. */
export function announce(text: string): void {
  // The same words again are told again only where they differ.
  message = text === message ? `${text}\u00a0` : text;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The one place of the page that screen readers listen to. */
export function Announcer() {
  const text = useSyncExternalStore(subscribe, () => message);
  return (
    <div className="announcer" role="status" aria-live="polite">
      {text === '' ? null : (
        <p key={text} className="toast">
          {text}
        </p>
      )}
    </div>
  );
}
