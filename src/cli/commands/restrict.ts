import { REQUEST, requestActions } from '../request.ts';
import { verb } from '../verb.ts';

export const restrict = verb({
  name: 'restrict',
  summary: 'let machines run trusted software only',
  description: `Asks each machine to run trusted software only, until somebody releases it with
"cordon unrestrict". Succeeded means proven: on the machine an untrusted program was
refused. Programs that already run go on running.`,
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
      line: 'cordon restrict ws-001.cordon.test --comment "ticket 8841: malware" --wait',
      does: 'contain one machine and stay until it is proven',
    },
    {
      line: 'cordon restrict ws-001 ws-002 ws-003 --comment "ticket 8841" --wait --timeout 5m',
      does: 'contain three machines side by side, at most five minutes',
    },
    {
      line: 'cordon restrict ws-001 --comment "$REASON" --idempotency-key "case-$CASE" --json',
      does: 'from a script that may run twice: the second run gets the same action',
    },
  ],
  run: (values, machines, context) => requestActions('restrict', values, machines, context),
});
