import { sharedValue } from './shared-value.ts';

const message = sharedValue('');

/** Says something to people who listen to the page, and shows it for a while to those who look at it. */
export function announce(text: string): void {
  // The same words again are told again only where they differ.
  message.set(text === message.get() ? `${text}\u00a0` : text);
}

/** The one place of the page that screen readers listen to. */
export function Announcer() {
  const text = message.use();
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
