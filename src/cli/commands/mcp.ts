import { flag, grouped } from '../option.ts';
import { CONNECTION, connect } from '../options/connection.ts';
import { verb } from '../verb.ts';

/** A tool call that waits longer is given up by the client before it has an answer. */
const LONGEST_PAUSE = 10;

export const mcp = verb({
  name: 'mcp',
  summary: 'serve an AI assistant with the tools of a responder',
  description: `A server of the Model Context Protocol over standard input and output, to be started by the
assistant's program. It lists and shows machines and actions; it changes nothing, unless
it was started with --allow-actions. Then the assistant can restrict, release and cancel:
each request carries the assistant's comment with a mark that it came this way, and the
person is asked first where the program can ask. Credentials come from the options and
variables below, never from the assistant.`,
  arguments: [],
  options: {
    ...grouped('Tools', {
      allowActions: flag('Offer the tools that restrict, release and cancel'),
    }),
    ...CONNECTION,
  },
  examples: [
    { line: 'cordon mcp --credentials reader.env', does: 'an assistant that can look' },
    {
      line: 'cordon mcp --allow-actions --credentials responder.env',
      does: 'an assistant that can also act, with the approval of the person',
    },
  ],
  run: async (values, _words, { io, runners }) => {
    const api = await connect(values, io, { attempts: 3, longestPause: LONGEST_PAUSE });
    await runners.mcp({ allowActions: values.allowActions }, api, io.signal);
    return 'done';
  },
});
