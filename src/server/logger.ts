import { type Logger, pino } from 'pino';

/** Names under which something secret could reach the log; their values never do. */
const SECRET = [
  'authorization',
  'secret',
  'client_secret',
  'token',
  'access_token',
  'password',
  'client_assertion',
];

/** JSON lines on standard error, so that standard output stays for what a command prints. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
