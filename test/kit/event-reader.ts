import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

/** One event of a stream, with the time at which it was read. */
export interface ReadEvent {
  readonly event: string;
  readonly data: unknown;
  readonly at: number;
}

/** Reads an event stream. Not by `fetch`, whose answers the tests compare with the description when they have ended. */
export interface EventReader extends AsyncDisposable {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly events: ReadEvent[];
  /** Comment lines. */
  comments: number;
  /** Resolves with the first event, come or to come, that fits; fails after ten seconds. */
  next(fits: (event: ReadEvent) => boolean): Promise<ReadEvent>;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
}

export async function readEvents(url: string, headers: Record<string, string>): Promise<EventReader> {
  const call = request(`${url}/cordon/v1/events`, { headers });
  call.on('error', () => {});
  call.end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  const events: ReadEvent[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  const reader: EventReader = {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    comments: 0,
    ended: new Promise((resolve) => response.on('close', () => resolve())),
    async next(fits) {
      const timeout = AbortSignal.timeout(10_000);
      for (;;) {
        const found = events.find(fits);
        if (found !== undefined) return found;
        if (timeout.aborted) throw new Error(`the event did not come; there were ${JSON.stringify(events)}`);
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
          timeout.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    },
    async [Symbol.asyncDispose]() {
      call.destroy();
      await reader.ended;
    },
  };
  response.setEncoding('utf8');
  response.on('error', () => {});
  response.on('data', (chunk: string) => {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      if (part.startsWith(':')) reader.comments += 1;
      const event = /^event: (.*)$/m.exec(part)?.[1];
      const data = /^data: (.*)$/m.exec(part)?.[1];
      if (event !== undefined && data !== undefined)
        events.push({ event, data: JSON.parse(data), at: performance.now() });
    }
    for (const resume of waiting) resume();
    waiting.clear();
  });
  return reader;
}

/** Fits a change of a machine, with a status of an action where one is given. */
export const changeOf =
  (machineId: string, status?: string) =>
  ({ event, data }: ReadEvent): boolean => {
    const change = data as { machineId?: string; status?: string | null };
    return (
      event === 'change' &&
      change.machineId === machineId &&
      (status === undefined || change.status === status)
    );
  };
