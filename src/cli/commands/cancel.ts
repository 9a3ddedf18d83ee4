import { commentOf } from '../comment.ts';
import { grouped, text } from '../option.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { activeActionId } from '../resolve/active-action.ts';
import { writeActions } from '../show/actions.ts';
import { verb } from '../verb.ts';

export const cancel = verb({
  name: 'cancel',
  summary: 'end an action that is not final',
  description: `Ends an action that is Pending or InProgress. The machine goes back to the mode it had
before: a cancelled release stays restricted, a cancelled restriction is taken back. An
action that is final refuses.`,
  arguments: [
    {
      name: 'action',
      description:
        'id of the action, the first 8 or more characters of it, or a name of the machine that it is under way on',
    },
  ],
  options: {
    ...grouped('Request', {
      comment: text('TEXT', 'Why; kept in the history. Needed; asked for on a terminal'),
    }),
    ...OUTPUT,
    ...CONNECTION,
  },
  examples: [
    { line: 'cordon cancel 01a20ac9-4468-7870 --comment "wrong machine"', does: 'cancel one action' },
    {
      line: 'cordon cancel ws-offline --comment "wrong machine"',
      does: 'cancel what is under way on a machine',
    },
  ],
  run: async (values, words, { io }) => {
    const client = await connect(values, io);
    const id = await activeActionId(client, words[0]!, io);
    const comment = await commentOf(values.comment, io);
    const cancelled = await client.cancel(id, comment, io.signal);
    if (values.json) writeJson(io, cancelled);
    else await writeActions(io, [cancelled]);
    return 'done';
  },
});
