import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { WireMachineAction } from '../../../src/contract/machine-action.ts';
import { refreshActions } from '../actions/refresh.ts';
import { ACTION_TITLES } from '../control/words.ts';
import { refreshMachines } from '../machines/refresh.ts';
import { without } from '../outcome/ends.ts';
import { followed } from '../outcome/followed.ts';
import { announce } from '../parts/announce.tsx';
import { Field } from '../parts/fields.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
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
  const name = action.computerDnsName ?? action.machineId;

  /** Also where it was refused: it has ended by itself then. */
  const refresh = () =>
    void Promise.allSettled([
      refreshMachines(client, [action.machineId]),
      refreshActions(client, new Set([action.id])),
      client.invalidateQueries({ queryKey: ['machine', action.machineId] }),
    ]);

  const cancel = async () => {
    const said = comment.trim();
    try {
      await call(`/api/machineactions/${action.id}/cancel`, {
        method: 'POST',
        body: said === '' ? {} : { Comment: said },
      });
      followed.set(without(followed.get(), action.id));
      announce(`Cancelled on ${spelledOut(name)}: ${ACTION_TITLES[action.type]}.`);
      onClose();
    } finally {
      refresh();
    }
  };

  return (
    <FormDialog
      title="Cancel this action"
      verb="Cancel the action"
      leave="Leave it"
      failed="It was not cancelled."
      danger
      onSubmit={cancel}
      onClose={onClose}
    >
      <div className="consequence">
        <p>
          <strong>{ACTION_TITLES[action.type]}</strong> on <Text value={name} /> is cancelled at once, and the
          machine goes back to the mode that was wanted before. What the device has done already it undoes
          when it is heard of.
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
    </FormDialog>
  );
}
