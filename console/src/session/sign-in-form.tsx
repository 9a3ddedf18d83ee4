import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import type { SignInMethod } from '../../../src/contract/console.ts';
import { Button } from '../parts/button.tsx';
import { PlainField } from '../parts/plain-field.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Text } from '../parts/text.tsx';
import { codeOf } from './code.ts';
import { METHODS_KEY, providerAddress, readMethods, signIn } from './session.ts';

interface Props {
  readonly onEntered: () => void;
  /** Where the identity provider leads back to. */
  readonly returnTo: string;
  /** True where the page must stay: the identity provider then opens in a window of its own. */
  readonly staying?: boolean;
}

/** All ways to sign in that the server has. */
export function SignInForm({ onEntered, returnTo, staying = false }: Props) {
  const { data, error, refetch } = useQuery({ queryKey: METHODS_KEY, queryFn: readMethods });
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const enter = async (given: Parameters<typeof signIn>[0]) => {
    setBusy(true);
    setFault(null);
    try {
      await signIn(given);
      onEntered();
    } catch (problem) {
      setFault(problem);
    } finally {
      setBusy(false);
    }
  };

  if (error !== null) {
    return (
      <ProblemNote error={error} what="The ways to sign in cannot be read." again={() => void refetch()} />
    );
  }
  const has = (method: SignInMethod) => data?.methods.includes(method) === true;
  return (
    <div className="sign-in-form">
      {data?.tenant == null ? null : (
        <p className="tenant">
          Tenant <Text value={data.tenant} />
        </p>
      )}
      {fault === null ? null : <ProblemNote error={fault} what="Signing in did not work." />}
      {has('openIdConnect') ? <Provider returnTo={returnTo} staying={staying} onEntered={onEntered} /> : null}
      {has('password') ? <Password busy={busy} onEnter={enter} emulator={data?.emulator === true} /> : null}
      {has('link') ? <Link busy={busy} onEnter={enter} alone={data?.methods.length === 1} /> : null}
    </div>
  );
}

function Provider({ returnTo, staying, onEntered }: Required<Props>) {
  useEffect(() => {
    if (!staying) return;
    addEventListener('focus', onEntered);
    return () => removeEventListener('focus', onEntered);
  }, [staying, onEntered]);
  const open = () => {
    if (staying) window.open(providerAddress('/console/signed-in'), '_blank', 'popup,width=560,height=720');
    else location.assign(providerAddress(returnTo));
  };
  return (
    <Button look="main" onPress={open}>
      Sign in with your organisation
    </Button>
  );
}

interface WayProps {
  readonly busy: boolean;
  readonly onEnter: (given: Parameters<typeof signIn>[0]) => void;
}

function Password({ busy, onEnter, emulator }: WayProps & { readonly emulator: boolean }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onEnter({ user: String(form.get('user') ?? ''), password: String(form.get('password') ?? '') });
  };
  return (
    <form onSubmit={submit}>
      <PlainField label="User" name="user" autoComplete="username" required autoFocus />
      <PlainField label="Password" name="password" type="password" autoComplete="current-password" required />
      <Button look="main" type="submit" isPending={busy}>
        Sign in
      </Button>
      {emulator ? (
        <p className="note">
          This is an emulator. Its users are <code>responder@cordon.test</code> and{' '}
          <code>viewer@cordon.test</code>, with the password that is also its secret.
        </p>
      ) : null}
    </form>
  );
}

function Link({ busy, onEnter, alone }: WayProps & { readonly alone: boolean }) {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const code = codeOf(text);
    setWrong(code === null);
    if (code !== null) onEnter({ code });
  };
  const form = (
    <form onSubmit={submit}>
      <PlainField
        label="One-time link"
        value={text}
        onChange={setText}
        autoComplete="off"
        mono
        help="Paste the link that the server printed at its start. `cordon console-link` makes another one; it is good for 15 minutes, once."
        error={wrong ? 'This is neither a link with a code nor a code.' : undefined}
      />
      <Button look={alone ? 'main' : 'plain'} type="submit" isPending={busy} isDisabled={text.trim() === ''}>
        Open
      </Button>
    </form>
  );
  return alone ? (
    form
  ) : (
    <details>
      <summary>Sign in with a one-time link</summary>
      {form}
    </details>
  );
}
