import type { TestContext } from 'node:test';
import { EMULATOR } from '../../src/contract/well-known.ts';
import { ClientError, type ClientOptions, Cordon } from '../../src/sdk/index.ts';
import { startApiServer } from '../kit/api-server.ts';
import { atEnd } from '../kit/at-end.ts';

export const CREDENTIALS = {
  tenant: EMULATOR.tenant,
  clientId: EMULATOR.clientId,
  clientSecret: EMULATOR.secret,
};

/** A client of a puppet whose pauses take no time and are written down. */
export async function startWorld(context: TestContext, options: Partial<ClientOptions> = {}) {
  const api = await startApiServer();
  atEnd(context, () => api[Symbol.asyncDispose]());
  const pauses: number[] = [];
  let now = Date.parse('2026-03-02T09:00:00Z');
  const system = {
    now: () => now,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      pauses.push(milliseconds);
      now += milliseconds;
    },
    random: () => 0,
    ...options.system,
  };
  const cordon = new Cordon({ url: api.url, credentials: CREDENTIALS, ...options, system });
  const forward = (milliseconds: number) => {
    now += milliseconds;
  };
  return { api, cordon, pauses, forward };
}

export const refusal = (code: string) => (error: unknown) =>
  error instanceof ClientError && error.code === code;
