/** An emulator in this process, and what tests of its own operations do with it. */
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { WireClock } from '../../src/contract/emulator/clock.ts';
import type { WireFaults } from '../../src/contract/emulator/fault-rules.ts';
import type { WireJournal } from '../../src/contract/emulator/journal.ts';
import type { WireMachineAction } from '../../src/contract/machine-action.ts';
import type { EmulateOptions } from '../../src/contract/run-options.ts';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { simulatedMachineId } from '../../src/emulator/simulated-facts.ts';
import { startLocalEmulator } from './local-emulator.ts';

export const machine = (name: string) => simulatedMachineId(`${name}.cordon.test`);
export const restrictPath = (name: string) => `/api/machines/${machine(name)}/restrictCodeExecution`;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  json<T>(): T;
}

export type TestEmulator = Awaited<ReturnType<typeof startTestEmulator>>;

export async function startTestEmulator(options: Partial<EmulateOptions> = {}) {
  const running = await startLocalEmulator(options);
  const url = running.server.localUrl;
  let token = '';

  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: <T>() => JSON.parse(text) as T,
    } satisfies Answer;
  };

  /** A token request of the full application, or of another. */
  const requestToken = (clientId: string = EMULATOR.clientId) =>
    fetch(`${url}/${EMULATOR.tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: options.secret ?? EMULATOR.secret,
        scope: 'https://api.securitycenter.microsoft.com/.default',
      }),
    });

  const signIn = async (clientId?: string) => {
    token = ((await (await requestToken(clientId)).json()) as { access_token: string }).access_token;
    return token;
  };
  await signIn();

  /** Bytes that came until the connection ended. */
  const raw = (method: string, path: string, body: unknown = undefined): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      const socket = connect({ host: hostname, port: Number(port) });
      const content = body === undefined ? '' : JSON.stringify(body);
      let received = '';
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => {
        received += chunk;
      });
      socket.on('close', () => resolve(received));
      socket.on('error', reject);
      socket.write(
        `${method} ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n` +
          `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(content)}\r\n\r\n${content}`,
      );
    });

  const actions = async (name: string) =>
    (await send('GET', `/api/machines/${machine(name)}/machineactions`)).json<{
      value: WireMachineAction[];
    }>().value;

  /** Waits until the newest action of the machine has the status; asks again, since a device answers when it does. */
  const settled = async (name: string, status: string): Promise<void> => {
    while ((await actions(name))[0]?.status !== status) await setImmediate();
  };

  return {
    close: () => running.close(),
    url,
    send,
    raw,
    signIn,
    requestToken,
    restrict: (name: string, comment = 'contain') => send('POST', restrictPath(name), { Comment: comment }),
    setFaults: async (...rules: object[]) =>
      (await send('PUT', '/cordon/v1/emulator/faults', { rules })).json<WireFaults>(),
    faults: async () => (await send('GET', '/cordon/v1/emulator/faults')).json<WireFaults>(),
    advance: (duration: string) => send('POST', '/cordon/v1/emulator/clock', { Advance: duration }),
    clock: async () => (await send('GET', '/cordon/v1/emulator/clock')).json<WireClock>(),
    journal: async (query = '') =>
      (await send('GET', `/cordon/v1/emulator/journal${query}`)).json<WireJournal>().value,
    actions,
    settled,
  };
}
