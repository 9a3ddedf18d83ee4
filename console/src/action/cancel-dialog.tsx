import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { refreshActions } from '../actions/refresh.ts';
import { ACTION_TITLES } from '../control/words.ts';
import { refreshMachines } from '../machines/refresh.ts';
import { announce } from '../parts/announce.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/fields.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { Text } from '../parts/text.tsx';
import { spelledOut } from '../text/visible.ts';
import { call } from '../wire/call.ts';
import { COMMENT_MAXIMUM } from '../wire/headers.ts';

interface Props {
  readonly action: WireMachineAction;
  readonly onClose: () => void;
}

/** Ends an action that is not final. */
export function CancelDialog({ action, onClose }: Props) {
  const client = useQueryClient();
  const [comment, setComment] = useState('');
  const [fault, setFault] = useState<unknown>(null);
  const [sending, setSending] = useState(false);
  const name = action.computerDnsName ?? action.machineId;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (sending) return;
    setSending(true);
    setFault(null);
    try {
      await call(`/api/machineactions/${action.id}/cancel`, {
        method: 'POST',
        body: comment.trim() === '' ? {} : { Comment: comment },
      });
      announce(`Cancelled on ${spelledOut(name)}: ${ACTION_TITLES[action.type]}.`);
      onClose();
    } catch (problem) {
      setFault(problem);
      setSending(false);
    }
    await Promise.allSettled([
      refreshMachines(client, [action.machineId]),
      refreshActions(client, new Set([action.id])),
      client.invalidateQueries({ queryKey: ['machine', action.machineId] }),
    ]);
  };

  return (
    <Dialog title="Cancel this action" onClose={onClose}>
      <form onSubmit={submit} className="action-form">
        <div className="consequence">
          <p>
            <strong>{ACTION_TITLES[action.type]}</strong> on <Text value={name} /> is cancelled at once, and
            the machine goes back to the mode that was wanted before. What the device has done already it
            undoes when it is heard of.
          </p>
        </div>
        <Field
          label="Comment"
          help="Why, for whoever reads the history."
          lines={2}
          value={comment}
          onChange={setComment}
          maxLength={COMMENT_MAXIMUM}
          autoFocus
        />
        {fault === null ? null : <ProblemNote error={fault} what="It was not cancelled." />}
        <footer>
          <Button onPress={onClose}>Leave it</Button>
          <Button look="danger" type="submit" isPending={sending}>
            Cancel the action
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
