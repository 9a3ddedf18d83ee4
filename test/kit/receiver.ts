/** A receiver of webhooks that can be made to misbehave, and that verifies as receivers do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { WireMessage, WireTransition } from '../../src/contract/webhook.ts';

/** How a receiver answers: a status, or not at all. */
export type Answer =
  | number
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** Takes the message and never answers. */
  | 'hang'
  /** Cuts the connection. */
  | 'reset';

export interface Received {
  readonly message: WireMessage<WireTransition>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Why the signature is not right; null where it is. */
  readonly fault: string | null;
  readonly answered: Answer;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** Everything that came, in order. */
  readonly received: Received[];
  /** Verified with from now on; null verifies nothing. */
  secret: string | null;
  /** Says how a message is answered; 204 unless told otherwise. */
  answer: (message: WireMessage<WireTransition>) => Answer;
  /** Most calls that were open at once. */
  readonly mostOpen: () => number;
  /** Resolves when what was received fits. */
  until(fits: (received: readonly Received[]) => boolean): Promise<void>;
}

const PATIENCE = 30_000;

export async function startReceiver(secret: string | null = null): Promise<Receiver> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let open = 0;
  let most = 0;

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    open += 1;
    most = Math.max(most, open);
    response.on('close', () => {
      open -= 1;
    });
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    const message = JSON.parse(body) as WireMessage<WireTransition>;
    const answered = receiver.answer(message);
    const fault = receiver.secret === null ? null : faultOf(receiver.secret, body, request.headers);
    received.push({ message, headers: request.headers, body, fault, answered });
    for (const look of waiting) look();
    if (answered === 'hang') return;
    if (answered === 'reset') {
      request.socket.destroy();
      return;
    }
    const { status, headers = {}, body: text } = typeof answered === 'number' ? whole(answered) : answered;
    response.writeHead(status, headers).end(text);
  };
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    secret,
    answer: () => 204,
    mostOpen: () => most,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(
            new Error(`still waiting; received ${received.map(({ message }) => message.id).join(', ')}`),
          );
        }, PATIENCE);
        const look = () => {
          if (!fits(received)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}

const whole = (status: number): { status: number; headers?: Record<string, string>; body?: string } => ({
  status,
});

/** As a receiver verifies, with the library that the standard names. Its tolerance is against the wall clock. */
function faultOf(secret: string, body: string, headers: IncomingMessage['headers']): string | null {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What arrived, without repetitions: the revisions of each action in the order of their first arrival with success. */
export function firstArrivals(received: readonly Received[]): Map<string, number[]> {
  const arrivals = new Map<string, number[]>();
  for (const { message, answered } of received) {
    if (typeof answered !== 'number' || answered >= 300) continue;
    const { action, event } = message.data;
    const seen = arrivals.get(action.id) ?? [];
    if (!seen.includes(event.revision)) seen.push(event.revision);
    arrivals.set(action.id, seen);
  }
  return arrivals;
}
