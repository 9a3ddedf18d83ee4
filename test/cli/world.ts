import type { TestContext } from 'node:test';
import { startApiServer } from '../kit/api-server.ts';
import { atEnd } from '../kit/at-end.ts';
import { type CommandWorld, runCommand } from '../kit/command.ts';

export { machineState } from '../kit/machine-state.ts';

/** A puppet of the API, and a command that is connected to it as to an emulator. */
export async function startWorld(context: TestContext) {
  const api = await startApiServer();
  atEnd(context, () => api[Symbol.asyncDispose]());
  const connection = { CORDON_URL: api.url, CORDON_EMULATOR: '1' };
  const cordon = (words: string[], world: CommandWorld = {}) =>
    runCommand(words, { ...world, environment: { ...connection, ...world.environment } });
  return { api, cordon };
}
