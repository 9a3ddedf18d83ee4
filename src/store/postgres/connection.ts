import { Client, type ClientConfig } from 'pg';
import { errorOf, isBroken, unavailable } from './failure.ts';
import { type Answers, type Call, nothingPrepared, runPipeline } from './pipeline.ts';

/** How long one attempt to connect may take, in milliseconds. */
const CONNECT_MS = 5000;
/** After this a server that says nothing is given up, in milliseconds; its own time limits are shorter. */
const SILENCE_MS = 15_000;

/** One connection while it lives. What it has lost stays lost: nothing is sent to another in its place. */
export interface Session {
  /** Sends the calls in one go; see {@link runPipeline}. Never rejects. */
  run(calls: readonly Call[]): Promise<Answers>;
}

/** A connection that is made when it is needed, and made anew after it broke. */
export interface Connection {
  /** @throws CordonError `ServiceUnavailable` when the server cannot be reached */
  session(): Promise<Session>;
  close(): Promise<void>;
}

/** Makes one connection, with its settings. */
export type Connect = () => Promise<Client>;

/** What a connection is told when it begins, in SQL; each value is one of PostgreSQL's settings. */
export type Settings = Readonly<Record<string, string>>;

/**
 * @param url `postgres://…`; what it does not say comes from the `PG…` variables, as libpq has it
 * @param settings named as PostgreSQL names them
 */
export function connector(url: string, settings: Settings): Connect {
  return async () => {
    const config: ClientConfig = {
      connectionString: url,
      application_name: 'cordon',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    };
    const client = new Client(config);
    // Whoever uses the connection is told by what it was doing.
    client.on('error', () => {});
    try {
      await client.connect();
      const names = Object.keys(settings);
      const list = names
        .map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, false)`)
        .join(', ');
      if (names.length > 0) await client.query(`select ${list}`, Object.entries(settings).flat());
      return client;
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
  };
}

/** @param noticed called with each new client, before it is used */
export function createConnection(connect: Connect, noticed: (client: Client) => void = () => {}): Connection {
  let present: Promise<Session> | null = null;
  let closed = false;
  let end: () => Promise<void> = async () => {};

  const begin = async (): Promise<Session> => {
    const client = await connect();
    const prepared = nothingPrepared();
    let broken: unknown = null;
    const breaks = (error: unknown): void => {
      if (broken !== null) return;
      broken = error;
      present = null;
      client.end().catch(() => {});
    };
    client.on('error', breaks);
    client.on('end', () => breaks(new Error('the connection ended')));
    end = () => client.end();
    noticed(client);
    return {
      async run(calls) {
        if (broken !== null) return { results: [], error: broken };
        const silence = setTimeout(
          () => client.connection.stream.destroy(new Error(`no answer within ${SILENCE_MS} ms`)),
          SILENCE_MS,
        );
        const answers = await runPipeline(client, prepared, calls);
        clearTimeout(silence);
        if (answers.error !== null && isBroken(answers.error)) breaks(answers.error);
        return answers;
      },
    };
  };

  return {
    session() {
      if (closed) return Promise.reject(unavailable('The server is stopping.'));
      present ??= begin().catch((error) => {
        present = null;
        throw unavailable('The database cannot be reached.', errorOf(error));
      });
      return present;
    },
    async close() {
      closed = true;
      if (present === null) return;
      await present.catch(() => {});
      await end().catch(() => {});
    },
  };
}
