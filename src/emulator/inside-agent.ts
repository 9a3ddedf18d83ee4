import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** What Node's agent asks of a connection that it keeps; one that is no socket neither times out nor keeps a process up. */
const AS_SOCKET = { ref() {}, unref() {}, setKeepAlive() {}, setTimeout() {} };

/** Keeps connections that are no sockets, see `RunningServer.connect`. They go when either end closes them. */
export class InsideAgent extends Agent {
  readonly #connect: () => Duplex;

  constructor(connect: () => Duplex) {
    super({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY });
    this.#connect = connect;
  }

  override createConnection(): Duplex {
    return Object.assign(this.#connect(), AS_SOCKET);
  }
}
