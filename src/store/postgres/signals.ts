import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Connect } from './connection.ts';

/** Words between the processes on one database, by `LISTEN` and `NOTIFY`. Any of them may be lost. */
export interface Signals {
  tell(word: string): void;
  onTold(listener: (word: string) => void): void;
  close(): Promise<void>;
}

/** Words that gather before they leave, in milliseconds. */
const GATHERED_MS = 5;
/** PostgreSQL takes payloads below 8,000 bytes. */
const LARGEST = 7900;
/** Words that may wait while there is no connection; more are dropped. */
const MOST_WAITING = 20_000;
/** Pause before a lost connection is made anew, in milliseconds. */
const PAUSE_MS = 1000;
/** How long the end waits for the last words to leave, in milliseconds. */
const LAST_WORDS_MS = 1000;

/**
 * Speaks and listens on a connection of its own, since `NOTIFY` makes the commits of a database wait for each other and
 * must not stand in the transaction of a group. Each schema has a channel, as each is an installation of its own.
 */
export function openSignals(connect: Connect): Signals {
  const listeners: ((word: string) => void)[] = [];
  let waiting = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let client: Client | null = null;
  let channel = '';
  let closed = false;
  let planned = false;
  /** What is being told; words that come meanwhile gather behind it, so that a slow database is not sent ever more. */
  let telling: Promise<unknown> | null = null;

  const hear = (own: number, from: number, payload = ''): void => {
    if (from === own) return;
    for (const word of payload.split(' ')) for (const listener of listeners) listener(word);
  };

  const begin = async (): Promise<void> => {
    const fresh = await connect();
    const lost = (): void => {
      if (client !== fresh) return;
      client = null;
      later();
    };
    fresh.once('end', lost);
    const { rows } = await fresh.query('select current_schema() as schema, pg_backend_pid() as pid');
    channel = `cordon ${rows[0]?.schema}`;
    fresh.on('notification', ({ processId, payload }) => hear(Number(rows[0]?.pid), processId, payload));
    await fresh.query(`listen ${fresh.escapeIdentifier(channel)}`);
    client = fresh;
    if (closed) await fresh.end();
    flush();
  };
  const later = (): void => {
    if (closed || planned) return;
    planned = true;
    setTimeout(() => {
      planned = false;
      begin().catch(later);
    }, PAUSE_MS).unref();
  };

  const flush = (): void => {
    timer = null;
    if (client === null || telling !== null || waiting.size === 0) return;
    const payloads = packed(waiting);
    waiting = new Set();
    const values = payloads.map((_, index) => `pg_notify($1, $${index + 2})`).join(', ');
    telling = client
      .query(`select ${values}`, [channel, ...payloads])
      .catch(() => {})
      .then(() => {
        telling = null;
        flush();
      });
  };

  void begin().catch(later);
  return {
    tell(word) {
      if (waiting.size >= MOST_WAITING) return;
      waiting.add(word);
      timer ??= setTimeout(flush, GATHERED_MS);
    },
    onTold: (listener) => void listeners.push(listener),
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      const given = sleep(LAST_WORDS_MS, 'late', { ref: false });
      do flush();
      while (telling !== null && (await Promise.race([telling, given])) !== 'late');
      await client?.end().catch(() => {});
    },
  };
}

/** The words in as few payloads as they fit into. */
function packed(words: Iterable<string>): string[] {
  const payloads: string[] = [];
  let payload = '';
  for (const word of words) {
    if (payload.length + word.length + 1 > LARGEST) {
      payloads.push(payload);
      payload = '';
    }
    payload += payload === '' ? word : ` ${word}`;
  }
  if (payload !== '') payloads.push(payload);
  return payloads;
}
