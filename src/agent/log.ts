import type { LogLevel } from '../contract/run-options.ts';

/** One event of the agent's life, for whoever reads its log. Fields hold no secret, token or comment text. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  event: string,
  fields?: Record<string, unknown>,
) => void;

const LEVELS: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Number.POSITIVE_INFINITY,
};

/** One line of JSON per event of this level or a graver one. */
export function createLog(level: LogLevel, now: () => Date, write: (line: string) => void): Log {
  return (of, event, fields) => {
    if (LEVELS[of] < LEVELS[level]) return;
    write(`${JSON.stringify({ time: now().toISOString(), level: of, event, ...fields })}\n`);
  };
}

export const noLog: Log = () => undefined;
