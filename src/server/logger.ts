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

/**
 * Bytes that may wait for whoever reads standard error. Beyond it lines are lost: a reader that hangs must not take the
 * server's memory, nor its time.
 */
const MOST_WAITING = 8 << 20;

/**
 * JSON lines on standard error, so that standard output stays for what a command prints.
 * @param dropped is told of each line that is lost because nobody takes standard error
 */
export function createLogger(level: string, dropped: () => void = () => {}): Logger {
  const destination = pino.destination({ dest: 2, sync: false, maxLength: MOST_WAITING });
  destination.on('drop', dropped);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' },
    },
    destination,
  );
}
