import { grouped, value } from '../option.ts';
import { REQUEST, requestActions } from '../request.ts';
import { parseReleaseAfter } from '../values.ts';
import { verb } from '../verb.ts';

export const restrict = verb({
  name: 'restrict',
  summary: 'let machines run trusted software only',
  description: `Asks each machine to run trusted software only, until somebody releases it with
"cordon unrestrict". Succeeded means proven: on the machine an untrusted program was
refused. Programs that already run go on running.
With --release-after the machine is released when that time has passed since the request,
by itself where it does not reach the server then. Any other action before voids the time.`,
  arguments: [
    {
      name: 'machine',
      several: true,
      description: 'machine id, the first 8 or more digits of it, DNS name, host name, or directory id',
    },
  ],
  options: {
    ...REQUEST,
    ...grouped('Request', {
      releaseAfter: value(
        'DURATION',
        'Release the machine after this time, PT1M to P90D; not at the vendor',
        parseReleaseAfter,
      ),
    }),
  },
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
      line: 'cordon restrict ws-001 --comment "looking into it" --release-after PT4H',
      does: 'contain a machine for four hours at most',
    },
    {
      line: 'cordon restrict ws-001 --comment "$REASON" --idempotency-key "case-$CASE" --json',
      does: 'from a script that may run twice: the second run gets the same action',
    },
  ],
  run: (values, machines, context) => requestActions('restrict', values, machines, context),
});
