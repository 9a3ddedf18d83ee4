import type { Server } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';

/**
 * A connection to a server from within its process. It takes no open file, so that a fleet of simulated devices is not
 * bounded by `ulimit -n`. Even a server that ends TLS speaks plain HTTP on it: nothing leaves the process.
 */
export function connectInside(server: Server, secure: boolean): Duplex {
  const [ours, theirs] = duplexPair();
  // The two are not one socket: an end that goes would leave the other waiting.
  ours.once('close', () => theirs.destroy());
  theirs.once('close', () => ours.destroy());
  Object.assign(theirs, { remoteAddress: '127.0.0.1' });
  server.emit(secure ? 'secureConnection' : 'connection', theirs);
  return ours;
}
