import { isLoopback } from '../../contract/loopback.ts';
import { EMULATOR } from '../../contract/well-known.ts';
import { choice, flag, grouped, preset, text, type Values, value } from '../option.ts';
import {
  LISTENING,
  limitOrNull,
  logging,
  RATE_LIMIT,
  tlsFiles,
  WEBHOOK_ALLOW,
} from '../options/listening.ts';
import { UsageError } from '../usage-error.ts';
import { parseDuration } from '../values.ts';
import { verb } from '../verb.ts';

const OPTIONS = {
  ...grouped('Emulator', {
    fleet: {
      ...text('FILE', 'JSON file with the simulated machines'),
      presetText: '27 machines, some of which fail, time out or are off',
    },
    faults: text('FILE', 'JSON file with fault rules, such as a 429 at the second restrict'),
    delay: preset(
      value('DURATION', 'How long a simulated device takes to carry an action out', parseDuration),
      200,
      '200ms',
    ),
    data: { ...text('DIR', 'Keep everything in this directory'), presetText: 'in memory' },
    reset: flag('Empty the store in --data before starting'),
    rateLimit: RATE_LIMIT,
  }),
  ...grouped('Network', {
    ...LISTENING,
    tls: choice('KIND', 'Serve TLS with a certificate made for it, written to a file to trust', [
      'self-signed',
    ]),
    webhookAllow: {
      ...WEBHOOK_ALLOW,
      description: `${WEBHOOK_ALLOW.description}; loopback is permitted`,
    },
    allowRemote: flag('Answer to other than loopback host names; needs --secret or --well-known-secret'),
    secret: {
      ...text(
        'SECRET',
        'Secret of the applications and password of the users, instead of the well-known one',
      ),
      presetText: EMULATOR.secret,
    },
    wellKnownSecret: flag('With --allow-remote: keep the secret that everybody knows'),
  }),
  ...logging('warn'),
};

export const emulate = verb({
  name: 'emulate',
  summary: 'run an emulator with a simulated fleet, to write playbooks against',
  description: `Runs the same server with simulated devices and credentials that everybody knows, for
playbook development and CI:
  tenant       ${EMULATOR.tenant}
  application  ${EMULATOR.clientId}  (every permission)
  application  ${EMULATOR.readerClientId}  (read only)
  secret       ${EMULATOR.secret}
  users        ${EMULATOR.responder}, ${EMULATOR.viewer}  (password: the secret)
It never serves real devices, and a store that it made is never served by "cordon serve".`,
  arguments: [],
  options: OPTIONS,
  examples: [
    { line: 'cordon emulate', does: 'on 127.0.0.1:8080, everything in memory' },
    {
      line: 'cordon emulate --delay 0 --rate-limit off',
      does: 'for a test suite: at once and without limits',
    },
    {
      line: 'cordon emulate --fleet fleet.json --data ./emulator --faults faults.json',
      does: 'a fleet of your own that survives restarts, and calls that fail by rules (docs/emulator.md)',
    },
    {
      line: 'cordon emulate --tls self-signed --listen 127.0.0.1:8443',
      does: 'for clients that take https only, such as MSAL',
    },
  ],
  run: async (values, _words, { io, runners }) => {
    checkReach(values);
    const files = tlsFiles(values.tlsCert, values.tlsKey);
    if (files !== null && values.tls !== null) {
      throw new UsageError(
        '--tls self-signed (CORDON_TLS) makes its own certificate; leave out --tls-cert and --tls-key.',
      );
    }
    if (values.reset && values.data === null) {
      throw new UsageError(
        '--reset (CORDON_RESET) empties the store in --data; without --data there is none to empty.',
      );
    }
    await runners.emulate(
      {
        data: values.data,
        listen: values.listen,
        publicUrl: values.publicUrl,
        tls: files ?? values.tls,
        fleetFile: values.fleet,
        faultsFile: values.faults,
        rateLimit: limitOrNull(values.rateLimit),
        delay: values.delay,
        reset: values.reset,
        allowRemote: values.allowRemote,
        secret: values.secret,
        webhookAllow: values.webhookAllow,
        logLevel: values.logLevel,
      },
      io.signal,
    );
    return 'done';
  },
});

/** What everybody knows must not be reachable from elsewhere by accident. */
function checkReach(values: Values<typeof OPTIONS>): void {
  const chosen = values.secret !== null || values.wellKnownSecret;
  if (values.allowRemote && !chosen) {
    throw new UsageError(
      '--allow-remote (CORDON_ALLOW_REMOTE) needs --secret SECRET (CORDON_SECRET), or --well-known-secret to keep the one that everybody knows.',
    );
  }
  if (values.secret !== null && values.wellKnownSecret) {
    throw new UsageError('--secret and --well-known-secret exclude each other.');
  }
  if (!values.allowRemote && !isLoopback(values.listen.host)) {
    throw new UsageError(
      `--listen (CORDON_LISTEN) ${values.listen.host} can be reached from elsewhere; that needs --allow-remote (CORDON_ALLOW_REMOTE).`,
    );
  }
}
