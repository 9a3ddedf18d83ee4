import { randomUUID } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { McpOptions } from '../contract/run-options.ts';
import type { Client } from '../sdk/client.ts';
import { mcpServer } from './server.ts';

/** Largest message of a client, in bytes; a comment has 3,500 characters. */
const MESSAGE_MAXIMUM = 1_000_000;

export interface McpStreams {
  readonly input: Readable;
  /** Carries the protocol and nothing else. */
  readonly output: Writable;
  readonly errors: { write(text: string): unknown };
}

/** Serves one client over the streams. Resolves when the client has gone or `signal` has ended it. */
export async function serveMcp(
  options: McpOptions,
  api: Client,
  { input, output, errors }: McpStreams,
  signal: AbortSignal,
): Promise<void> {
  const transport = new StdioServerTransport(input, output, { maxBufferSize: MESSAGE_MAXIMUM });
  const handle = serveStdio(() => mcpServer(options, api, randomUUID), {
    transport,
    onerror: (error) => errors.write(`cordon mcp: ${error.message}\n`),
  });
  await new Promise<void>((resolve) => {
    // The transport ends with its input, with an output that breaks, and with a message that is too long.
    const closed = transport.onclose;
    transport.onclose = () => {
      closed?.();
      resolve();
    };
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  await handle.close();
}
