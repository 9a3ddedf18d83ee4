import { grouped, list, preset, text, value } from '../option.ts';
import {
  LISTENING,
  limitOrNull,
  logging,
  RATE_LIMIT,
  tlsFiles,
  WEBHOOK_ALLOW,
} from '../options/listening.ts';
import { UsageError } from '../usage-error.ts';
import {
  integerWithin,
  parseDatabaseUrl,
  parseDuration,
  parseListen,
  parseProxy,
  parseRetention,
  parseTimeout,
} from '../values.ts';
import { verb } from '../verb.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Milliseconds in which a load balancer notices that a process is not ready any more. */
const DRAIN = 5000;

/** A key that is younger is not worth replacing; one that is replaced each minute is a mistyped unit. */
function parseKeyAge(written: string): number {
  const age = parseDuration(written);
  if (age < DAY) throw new UsageError(`takes at least a day; "${written}" is less`);
  return age;
}

export const serve = verb({
  name: 'serve',
  summary: 'run the server for real devices',
  description: `Serves the API, the token endpoints and the devices' exchange: one process with everything
in one directory, or any number of processes on one PostgreSQL database. The first start
makes a tenant and an administrator application and writes its credentials once, to a file
in the data directory that only its owner can read; --credentials takes that file. SIGINT
or SIGTERM ends it in order, a second one at once.`,
  arguments: [],
  options: {
    ...grouped('Storage', {
      data: text(
        'DIR',
        "Directory of the database and of the first administrator's credentials; made when it is missing",
      ),
      databaseUrl: value(
        'ADDRESS',
        'PostgreSQL database, postgres://USER:PASSWORD@HOST/DATABASE; the variable keeps it out of the process list',
        parseDatabaseUrl,
      ),
    }),
    ...grouped('Network', {
      ...LISTENING,
      trustProxy: list(
        'ADDRESS',
        'Proxy whose X-Forwarded headers are believed: an address, a range, loopback, linklocal or uniquelocal',
        parseProxy,
      ),
      webhookAllow: WEBHOOK_ALLOW,
      maxConnections: preset(
        value('N', 'Connections open at a time; more are closed unheard', integerWithin(10, 1_000_000)),
        20_000,
      ),
    }),
    ...grouped('Metrics', {
      metricsListen: value(
        'HOST:PORT',
        'Address of its own at which /metrics is served for Prometheus; left out, it is not',
        parseListen,
      ),
      metricsToken: text(
        'FILE',
        'File with the bearer token that scrapers send; needed where the address is not loopback',
      ),
      drain: {
        ...value(
          'DURATION',
          'How long a server that is asked to end says so at /readyz before it stops listening',
          parseDuration,
        ),
        presetText: '5s with --database-url, else 0',
      },
    }),
    ...grouped('Rules', {
      issuer: text('FILE', 'JSON file that lists external OpenID Connect issuers and their tenants'),
      pendingTimeout: preset(
        value('DURATION', 'An action that no device took up ends as TimeOut after this long', parseTimeout),
        3 * DAY,
        'P3D',
      ),
      progressTimeout: preset(
        value('DURATION', 'An action that a device took up ends as TimeOut after this long', parseTimeout),
        HOUR,
        'PT1H',
      ),
      serverKeyAge: value(
        'DURATION',
        'Age at which the key that devices pin gets a successor by itself; left out, only cordon server-key rotate makes one',
        parseKeyAge,
      ),
      retainActions: {
        ...value(
          'DURATION',
          'Remove actions with their history this long after their end, P2D or more; a mode that is wanted keeps its action',
          parseRetention,
        ),
        presetText: 'all are kept',
      },
      rateLimit: RATE_LIMIT,
    }),
    ...logging('info'),
  },
  examples: [
    {
      line: `cordon serve --data /var/lib/cordon --listen :8443 \\
      --tls-cert /etc/cordon/chain.pem --tls-key /etc/cordon/key.pem \\
      --public-url https://cordon.example.org:8443`,
      does: 'with TLS of its own on every address',
    },
    {
      line: `cordon serve --data /var/lib/cordon --public-url https://cordon.example.org \\
      --trust-proxy loopback --metrics-listen 127.0.0.1:9464 --retain-actions P365D`,
      does: 'behind a proxy on the same machine, with metrics and a year of history',
    },
    {
      line: `cordon serve --data /etc/cordon --public-url https://cordon.example.org \\
      --database-url postgres://db.example.org/cordon`,
      does: 'one of several processes behind a load balancer; PGUSER and PGPASSWORD say who',
    },
    {
      line: 'cordon machines --credentials /var/lib/cordon/administrator.env',
      does: 'then, as the first administrator',
    },
  ],
  run: async (values, _words, { io, runners }) => {
    const { data, databaseUrl } = values;
    if (data === null && databaseUrl === null) {
      throw new UsageError('--data (or CORDON_DATA) is needed, or --database-url (or CORDON_DATABASE_URL).');
    }
    await runners.serve(
      {
        data,
        databaseUrl,
        drain: values.drain ?? (databaseUrl === null ? 0 : DRAIN),
        listen: values.listen,
        publicUrl: values.publicUrl,
        tls: tlsFiles(values.tlsCert, values.tlsKey),
        issuerFile: values.issuer,
        pendingTimeout: values.pendingTimeout,
        progressTimeout: values.progressTimeout,
        serverKeyAge: values.serverKeyAge,
        retainActions: values.retainActions,
        rateLimit: limitOrNull(values.rateLimit),
        maxConnections: values.maxConnections,
        metricsListen: values.metricsListen,
        metricsTokenFile: values.metricsToken,
        trustProxy: values.trustProxy,
        webhookAllow: values.webhookAllow,
        logLevel: values.logLevel,
      },
      io.signal,
    );
    return 'done';
  },
});
