import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ProblemNote } from './problem-note.tsx';

interface Props {
  readonly title: string;
  /** Words of the button that does it. */
  readonly verb: string;
  /** Words of the button that does nothing. */
  readonly leave?: string;
  /** What is said where it came to nothing. */
  readonly failed?: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Does it, and closes. What it throws is shown, and the dialog stays with all that was typed. */
  readonly onSubmit: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog that does one thing. */
export function FormDialog({
  title,
  verb,
  leave = 'Cancel',
  failed = 'It was not done.',
  danger = false,
  disabled = false,
  onSubmit,
  onClose,
  children,
}: Props) {
  const [fault, setFault] = useState<unknown>(null);
  const [sending, setSending] = useState(false);
  const busy = useRef(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // Before anything is drawn: the second press of a double one finds it.
    if (busy.current || disabled) return;
    busy.current = true;
    setSending(true);
    setFault(null);
    try {
      await onSubmit();
    } catch (problem) {
      setFault(problem);
    } finally {
      busy.current = false;
      setSending(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} className="action-form">
        {children}
        {fault === null ? null : <ProblemNote error={fault} what={failed} />}
        <footer>
          <Button onPress={onClose}>{leave}</Button>
          <Button look={danger ? 'danger' : 'main'} type="submit" isPending={sending} isDisabled={disabled}>
            {verb}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
