import type { ServerResponse } from 'node:http';
import { EVENTS_HEARTBEAT, type WireChange, type WireEvents } from '../../contract/console.ts';
import type { Listener, Subscription } from '../../service/changes/feed.ts';

/** Bytes that may wait for a reader; what comes beyond it is told as one `reload` once the reader has caught up. */
const MOST_WAITING = 256 * 1024;
/** Milliseconds after which a browser that reconnects by itself does so. */
const RECONNECT = 2000;

/** Texts of changes that several readers are told alike. */
const written = new WeakMap<readonly WireChange[], string>();

function textOf(changes: readonly WireChange[]): string {
  const known = written.get(changes);
  if (known !== undefined) return known;
  const text = changes.map((change) => event('change', change)).join('');
  written.set(changes, text);
  return text;
}

function event<K extends keyof WireEvents>(name: K, data: WireEvents[K]): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Writes events to one response, whose head is written already. */
export interface EventStream extends Listener {
  /** Says hello and begins the signs of life. */
  begin(subscription: Subscription): void;
}

export function createEventStream(response: ServerResponse): EventStream {
  let subscription: Subscription | null = null;
  let timer: NodeJS.Timeout | null = null;
  let behind = false;
  let behindBefore = false;

  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    subscription?.close();
  };
  const write = (text: string): void => {
    if (behind || response.destroyed) return;
    response.write(text);
    behind = response.writableLength > MOST_WAITING;
  };
  response.on('drain', () => {
    if (!behind) return;
    behind = false;
    write(event('reload', {}));
  });
  response.on('close', stop);

  const signOfLife = (): void => {
    // Who has read nothing since the last one does not read any more.
    if (behind && behindBefore) {
      response.destroy();
      return;
    }
    behindBefore = behind;
    write(':\n\n');
    void subscription?.check();
  };

  return {
    changed: (changes) => write(textOf(changes)),
    reload: () => write(event('reload', {})),
    ended(reason) {
      stop();
      if (!response.destroyed) response.end(event('end', { reason }));
    },
    begin(given) {
      subscription = given;
      // The head may have been followed by the end of the connection.
      if (response.destroyed) {
        stop();
        return;
      }
      write(`retry: ${RECONNECT}\n${event('hello', {})}`);
      timer = setInterval(signOfLife, EVENTS_HEARTBEAT);
    },
  };
}
