import { type FormEvent, type ReactNode, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';

interface Props {
  readonly title: string;
  /** Words of the button that does it. */
  readonly verb: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** Does it. What it throws is shown, and the dialog stays with all that was typed. */
  readonly onSubmit: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog that does one thing. */
export function FormDialog({
  title,
  verb,
  danger = false,
  disabled = false,
  onSubmit,
  onClose,
  children,
}: Props) {
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      await onSubmit();
    } catch (problem) {
      setFault(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} className="action-form">
        {children}
        {fault === null ? null : <ProblemNote error={fault} what="It was not done." />}
        <footer>
          <Button onPress={onClose}>Cancel</Button>
          <Button look={danger ? 'danger' : 'main'} type="submit" isPending={busy} isDisabled={disabled}>
            {verb}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
