import type { ReactNode } from 'react';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { Dialog } from '../parts/dialog.tsx';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  /** What is shown once, each with what it is for. */
  readonly values: readonly { readonly label: string; readonly text: string; readonly what: string }[];
  readonly children?: ReactNode;
}

/** What no other answer of the server has: to be copied now. It closes by its button only. */
export function SecretDialog({ title, onClose, values, children }: Props) {
  return (
    <Dialog title={title} onClose={onClose} dismissable={false}>
      <div className="action-form">
        <p className="once">This is shown once. Copy it now; the server keeps only a hash of it.</p>
        {values.map(({ label, text, what }) => (
          <div key={label} className="secret">
            <span className="label">{label}</span>
            <pre>
              <code>{text}</code>
            </pre>
            <CopyButton text={text} what={what} />
          </div>
        ))}
        {children}
        <footer>
          <Button look="main" onPress={onClose}>
            I have copied it
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}
