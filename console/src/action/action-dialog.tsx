import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import type { ActionTypeName } from '../../../src/contract/control.ts';
import type { WireRequestedAction } from '../../../src/contract/cordon.ts';
import { ACTION_TITLES } from '../control/words.ts';
import { refreshMachines } from '../machines/refresh.ts';
import { withRequest } from '../outcome/ends.ts';
import { followed } from '../outcome/followed.ts';
import { announce } from '../parts/announce.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/fields.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Text } from '../parts/text.tsx';
import { useSession } from '../session/session.ts';
import { counted } from '../text/count.ts';
import { spelledOut } from '../text/visible.ts';
import { call } from '../wire/call.ts';
import { COMMENT_MAXIMUM } from '../wire/headers.ts';
import { newKey } from '../wire/new-key.ts';
import { asProblem } from '../wire/problem.ts';
import { type Attempt, mergeResults, nextAttempt, refusedOf } from './attempt.ts';
import { Consequence } from './consequence.tsx';
import { durationOf, NO_RELEASE } from './release.ts';
import { ReleaseField } from './release-field.tsx';
import { Results } from './results.tsx';

/** A machine to act on. */
export interface Target {
  readonly id: string;
  readonly name: string;
  /** Whether nothing is restricted there, as far as is known. */
  readonly free: boolean;
}

interface Props {
  readonly type: ActionTypeName;
  readonly targets: readonly Target[];
  readonly onClose: () => void;
  /** Is called when the action was accepted for all. */
  readonly onDone?: () => void;
}

/** Asks for an action on one machine or several, and says what came of each. */
export function ActionDialog({ type, targets: given, onClose, onDone }: Props) {
  // What was asked for stays what it was, whatever the list behind does meanwhile.
  const [targets] = useState(given);
  const client = useQueryClient();
  const { principal } = useSession().session;
  const [comment, setComment] = useState('');
  const [missing, setMissing] = useState(false);
  const [release, setRelease] = useState(NO_RELEASE);
  const [results, setResults] = useState<readonly WireRequestedAction[]>([]);
  const [fault, setFault] = useState<unknown>(null);
  const [sending, setSending] = useState(false);
  const attempt = useRef<Attempt | null>(null);
  const busy = useRef(false);

  const restricts = type === 'RestrictCodeExecution';
  const refused = refusedOf(results);
  const { duration, fault: wrongTime } = restricts ? durationOf(release) : { duration: null, fault: null };

  const send = async () => {
    const said = comment.trim();
    setMissing(said === '');
    if (said === '' || wrongTime !== null || busy.current) return;
    // Before anything is drawn: the second press of a double one finds it.
    busy.current = true;
    setSending(true);
    setFault(null);
    const machines =
      results.length === 0 ? targets.map(({ id }) => id) : refused.map(({ machine }) => machine);
    attempt.current = nextAttempt(attempt.current, { type, comment: said, releaseAfter: duration }, newKey);
    try {
      const { value } = await call<{ value: WireRequestedAction[] }>('/cordon/v1/machines/actions', {
        method: 'POST',
        key: attempt.current.key,
        body: {
          Type: type,
          Machines: machines,
          Comment: said,
          ...(duration === null ? {} : { ReleaseAfter: duration }),
        },
      });
      const merged = mergeResults(results, value);
      setResults(merged);
      const nameOf = (machine: string) => targets.find(({ id }) => id === machine)?.name ?? machine;
      followed.set(withRequest(followed.get(), value, principal, nameOf));
      void refreshMachines(client, machines).catch(() => {});
      void client.invalidateQueries({ queryKey: ['machine'] });
      if (refusedOf(merged).length === 0) done(merged.length);
    } catch (problem) {
      setFault(problem);
    } finally {
      busy.current = false;
      setSending(false);
    }
  };

  const done = (count: number) => {
    const where = count === 1 ? spelledOut(targets[0]?.name ?? '') : counted(count, 'machine');
    announce(`${ACTION_TITLES[type]}: accepted for ${where}. It is done when the device has proven it.`);
    onDone?.();
    onClose();
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  const again = results.length > 0 ? `Try again for ${counted(refused.length, 'machine')}` : null;
  return (
    <Dialog title={ACTION_TITLES[type]} onClose={onClose}>
      <form onSubmit={submit} className="action-form">
        <Targets targets={targets} />
        <Consequence type={type} count={targets.length} free={targets.filter(({ free }) => free).length} />
        <Field
          label="Comment"
          help="Why, for whoever reads the history: a ticket, what was found."
          lines={3}
          value={comment}
          onChange={(text) => {
            setComment(text);
            setMissing(false);
          }}
          maxLength={COMMENT_MAXIMUM}
          autoFocus
          isRequired
          validationBehavior="aria"
          error={missing ? 'Say why: an action without a comment is refused.' : undefined}
        />
        {restricts ? <ReleaseField value={release} onChange={setRelease} /> : null}
        {results.length === 0 ? null : <Results results={results} targets={targets} onLeave={onClose} />}
        {fault === null ? null : (
          <ProblemNote error={fault} what={outcomeOf(asProblem(fault).status)}>
            {asProblem(fault).status === 0 ? (
              <p>What you typed is kept. Sending it again is safe: nothing is started twice.</p>
            ) : null}
          </ProblemNote>
        )}
        <footer>
          <Button onPress={onClose}>{results.length > 0 ? 'Close' : 'Cancel'}</Button>
          <Button
            look={restricts ? 'main' : 'danger'}
            type="submit"
            icon={restricts ? 'lock' : 'unlock'}
            isPending={sending}
          >
            {sending ? 'Sending …' : (again ?? (fault === null ? ACTION_TITLES[type] : 'Send again'))}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** What became of a request, by the status of its answer. */
function outcomeOf(status: number): string {
  if (status === 0) return 'Not sent, or no answer came.';
  return status === 401 ? 'Not done: the session had ended. Send it again.' : 'The server refused it.';
}

/** Names that are shown before the list is folded. */
const FEW = 6;

function Targets({ targets }: { readonly targets: readonly Target[] }) {
  const names = (
    <ul className="targets">
      {targets.map(({ id, name }) => (
        <li key={id}>
          <Text value={name} />
        </li>
      ))}
    </ul>
  );
  if (targets.length <= FEW) return names;
  return (
    <details>
      <summary>{counted(targets.length, 'machine')}</summary>
      {names}
    </details>
  );
}
