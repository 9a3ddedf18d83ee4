import { EMULATOR } from '../../contract/well-known.ts';
import { grouped } from '../option.ts';
import { CONNECTION, trustNamed } from '../options/connection.ts';
import { verb } from '../verb.ts';

/** Milliseconds in which a server that is well has answered. */
const PATIENCE = 5000;

export const health = verb({
  name: 'health',
  summary: 'ask whether a server takes calls, for health checks',
  description: `Ends with 0 where the server says at /readyz that it takes calls, else with 3: it does not answer
within five seconds, its store does not, or it is about to end. It needs no credentials. The
container's health check is this verb.`,
  arguments: [],
  options: grouped('Connection', { url: CONNECTION.url, ca: CONNECTION.ca }),
  examples: [
    { line: 'cordon health', does: 'the server on this machine' },
    {
      line: 'cordon health --url https://cordon.example.org:8443 --ca ca.pem',
      does: 'one with TLS of its own',
    },
  ],
  run: async ({ url, ca }, _words, { io }) => {
    await trustNamed(ca, io);
    const at = `${url ?? EMULATOR.url}/readyz`;
    const answer = await fetch(at, {
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(PATIENCE)]),
      redirect: 'error',
    }).catch((cause: Error) => {
      throw new Error(
        `No server answers at ${at}: ${(cause.cause as Error | undefined)?.message ?? cause.message}.`,
      );
    });
    io.stdout.write(answer.ok ? 'ready\n' : `not ready: ${answer.status}\n`);
    return answer.ok ? 'done' : 'refused';
  },
});
