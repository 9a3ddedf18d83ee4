import type { TestContext } from 'node:test';
import { Client, type ElicitResult } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { mcpServer } from '../../src/mcp/server.ts';
import { Cordon } from '../../src/sdk/index.ts';
import { startApiServer } from '../kit/api-server.ts';
import { atEnd } from '../kit/at-end.ts';
import { CREDENTIALS } from '../sdk/world.ts';

/** What a tool answered, as the tests look at it. */
export interface Answered {
  readonly isError?: boolean;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: each tool has a form of its own
  readonly output: any;
}

export interface ClientWorld {
  readonly allowActions?: boolean;
  /** What the person does with each form; null for a client that cannot ask. */
  readonly person?: ((message: string) => ElicitResult) | null;
}

export const APPROVES: ElicitResult = { action: 'accept', content: { approve: true } };
export const DECLINES: ElicitResult = { action: 'decline' };

/** A puppet of the API, the MCP server in front of it, and the official client. */
export async function startMcp(
  context: TestContext,
  { allowActions = false, person = null }: ClientWorld = {},
) {
  const api = await startApiServer();
  atEnd(context, () => api[Symbol.asyncDispose]());
  const cordon = new Cordon({
    url: api.url,
    credentials: CREDENTIALS,
    system: { sleep: async (_milliseconds, signal) => signal?.throwIfAborted(), random: () => 0 },
  });
  let keys = 0;
  const server = mcpServer({ allowActions, version: '0.0.0' }, cordon, () => `key-${++keys}`);
  const { client, asked } = clientOf(person);
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  await client.connect(near);
  atEnd(context, () => client.close());
  return { api, client, asked, call: caller(client), posts: () => actionCalls(api.calls) };
}

/** The official client as a host, with a person who is asked. */
export function clientOf(person: ClientWorld['person'] = null) {
  const asked: string[] = [];
  const capabilities = person === null ? {} : { elicitation: { form: {} } };
  const client = new Client({ name: 'test-host', version: '1.0.0' }, { capabilities });
  if (person !== null) {
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      asked.push(params.message);
      return person!(params.message);
    });
  }
  return { client, asked };
}

export const caller =
  (client: Client) =>
  async (name: string, input: Record<string, unknown> = {}): Promise<Answered> => {
    const result = await client.callTool({ name, arguments: input });
    const [block] = result.content as { text?: string }[];
    return {
      ...(result.isError === true ? { isError: true } : {}),
      text: block?.text ?? '',
      output: result.structuredContent,
    };
  };

const actionCalls = (calls: readonly { method: string; path: string; body: unknown }[]) =>
  calls.filter(({ method, path }) => method === 'POST' && !path.endsWith('/token'));
