import { useEffect, useState } from 'react';
import type { SignInError } from '../../../src/contract/console.ts';
import { Pages } from '../entrance.ts';
import { whenIdle } from '../parts/late.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Brand } from '../shell/brand.tsx';
import { codeOf } from './code.ts';
import { signIn } from './session.ts';
import { SignInForm } from './sign-in-form.tsx';

const PATH = '/console/sign-in';

/** What a person can do where the identity provider led back with an error. */
const ERROR_WORDS: Readonly<Record<SignInError, string>> = {
  denied:
    'The identity provider refused the sign-in, or it was given up. Try again, or ask who runs the provider.',
  expired: 'The sign-in took too long, or was begun in another browser. Try again.',
  invalid:
    'What the identity provider answered could not be verified. Try again; if it stays, the server’s log has the reason.',
  tenant: 'Your organisation has no access to this installation.',
  unavailable: 'The identity provider cannot be reached from the server. Try again in a moment.',
};

/** Where nobody is signed in. Leads back to the page that was asked for. */
export function SignInPage({ onEntered }: { readonly onEntered: () => void }) {
  const [fault, setFault] = useState<unknown>(null);
  const [opening, setOpening] = useState(() => codeOf(location.href) !== null);

  const entered = () => {
    if (location.pathname === PATH) history.replaceState(null, '', returnPath());
    onEntered();
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a code serves once, so it is tried when it appears
  useEffect(() => {
    document.title = 'Sign in · Cordon';
    const open = () => {
      const code = codeOf(location.href);
      if (code === null) return;
      setOpening(true);
      // Out of the address before anything else, so that it stays in no history.
      history.replaceState(null, '', `${location.pathname}${location.search}`);
      signIn({ code }).then(entered, (problem) => {
        setFault(problem);
        setOpening(false);
      });
    };
    open();
    // Who signs in goes on at once.
    const stop = whenIdle(
      () => void Pages.load().catch(() => {}),
      () => true,
    );
    // A link that is put into the address of this very page loads nothing anew.
    addEventListener('hashchange', open);
    return () => {
      removeEventListener('hashchange', open);
      stop();
    };
  }, []);

  const error = new URLSearchParams(location.search).get('error');
  return (
    <main className="sign-in">
      <div className="card">
        <h1>
          <Brand />
        </h1>
        {opening ? <p>Opening the link …</p> : null}
        {fault === null ? null : (
          <ProblemNote error={fault} what="The link does not open the console.">
            <p>
              A link is good for 15 minutes, and once. Make another one with <code>cordon console-link</code>.
            </p>
          </ProblemNote>
        )}
        {error !== null && location.pathname === PATH ? (
          <p className="problem" role="alert">
            {ERROR_WORDS[error as SignInError] ?? ERROR_WORDS.invalid}
          </p>
        ) : null}
        {opening ? null : <SignInForm onEntered={entered} returnTo={returnPath()} />}
      </div>
    </main>
  );
}

/** The page of the console that was asked for; the first one where that is the sign-in. */
function returnPath(): string {
  return location.pathname.startsWith(PATH) ? '/console/machines' : `${location.pathname}${location.search}`;
}
