import { CONNECTION, connect } from '../options/connection.ts';
import { OUTPUT, writeJson } from '../options/output.ts';
import { clock } from '../show/time.ts';
import { verb } from '../verb.ts';

export const consoleLink = verb({
  name: 'console-link',
  summary: 'make a link that opens the console as the local administrator, once',
  description: `Prints a link that signs its holder in to the console as the local administrator of your tenant,
who may do everything and sees every group. It serves once, within 15 minutes. For an
installation without an identity provider, and for the day on which yours is down.`,
  arguments: [],
  options: { ...OUTPUT, ...CONNECTION },
  examples: [
    {
      line: 'cordon console-link --credentials /var/lib/cordon/administrator.env',
      does: 'on the server, as the first administrator',
    },
    { line: 'xdg-open "$(cordon console-link)"', does: 'straight into the browser' },
  ],
  run: async (values, _words, { io }) => {
    const made = await (await connect(values, io)).consoleLink();
    if (values.json) writeJson(io, made);
    else {
      io.stdout.write(`${made.url}\n`);
      io.stderr.write(`It opens the console once, until ${clock(made.expiresAt)}.\n`);
    }
    return 'done';
  },
});
