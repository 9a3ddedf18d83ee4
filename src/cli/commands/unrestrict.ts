import { REQUEST, requestActions } from '../request.ts';
import { verb } from '../verb.ts';

export const unrestrict = verb({
  name: 'unrestrict',
  summary: 'let machines run any application again',
  description: `Asks each machine to lift its restriction and go back to what its owner had set before.
Succeeded means proven: on the machine an untrusted program ran again. A machine that is
off gets the request when it comes back, as long as the action has not timed out.`,
  arguments: [
    {
      name: 'machine',
      several: true,
      description: 'machine id, the first 8 or more digits of it, DNS name, host name, or directory id',
    },
  ],
  options: REQUEST,
  examples: [
    {
      line: 'cordon unrestrict ws-001.cordon.test --comment "ticket 8841: rebuilt" --wait',
      does: 'release one machine and stay until it is proven',
    },
    {
      line: 'cordon unrestrict ws-001 ws-002 --comment "ticket 8841: all clear"',
      does: 'ask two machines and return at once',
    },
    {
      line: 'cordon unrestrict ws-001 --comment rebuilt --wait --json | jq -r .status',
      does: 'the final status for a script; the exit status says it too',
    },
  ],
  run: (values, machines, context) => requestActions('unrestrict', values, machines, context),
});
