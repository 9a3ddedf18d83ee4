import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from './button.tsx';

interface Props {
  readonly title: ReactNode;
  readonly onClose: () => void;
  /** False where a press beside it or Esc would lose something that goes on. */
  readonly dismissable?: boolean;
  readonly alert?: boolean;
  readonly children: ReactNode;
}

/** A dialog that keeps the focus, ends by Esc, and gives the focus back to where it was. */
export function Dialog({ title, onClose, dismissable = true, alert = false, children }: Props) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isDismissable={false}
      isKeyboardDismissDisabled={!dismissable}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="modal">
        <AriaDialog className="dialog" role={alert ? 'alertdialog' : 'dialog'}>
          <header>
            <Heading slot="title">{title}</Heading>
            {dismissable ? <Button look="quiet" icon="cross" aria-label="Close" onPress={onClose} /> : null}
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
