import { readFile, stat, statfs } from 'node:fs/promises';
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { isLoopback } from '../../contract/loopback.ts';
import type { FapolicydOptions } from '../drivers/fapolicyd/options.ts';
import { createExecute, type Execute } from '../exec.ts';
import type { StoredIdentity } from '../identity.ts';

/** Programs that the doctor asks; each only tells. */
export const DOCTOR_PROGRAMS = {
  systemctl: '/usr/bin/systemctl',
  timedatectl: '/usr/bin/timedatectl',
} as const;

/** Everything that a check may do. Nothing here changes anything. */
export interface Look {
  /** Text of a file; null when it cannot be read. */
  text(path: string): Promise<string | null>;
  /** Permission bits and owner; null when there is nothing. */
  mode(path: string): Promise<{ mode: number; uid: number } | null>;
  /** Bytes that are free for root's use on the file system of a path; null when there is no such path. */
  free(path: string): Promise<number | null>;
  readonly execute: Execute<keyof typeof DOCTOR_PROGRAMS>;
  /** Asks the server whether it lives. @returns what stands against it, null when it answered */
  knock(identity: StoredIdentity): Promise<string | null>;
  readonly uid: number;
  readonly kernel: string;
  /** The agent's own directory. */
  readonly data: string;
  /** The device's identity; null when it is not enrolled, or cannot be read. */
  readonly identity: StoredIdentity | null;
  readonly enforcer: FapolicydOptions;
  /** Version of the enforcer that is installed. */
  readonly enforcerVersion: string | null;
}

const PATIENCE = 10_000;

/** The looks at a real machine. @param root where its file system begins, for tests */
export function realLooks(
  environment: NodeJS.ProcessEnv,
  root = '/',
): Pick<Look, 'text' | 'mode' | 'free' | 'execute' | 'knock'> {
  const at = (path: string) => join(root, path);
  return {
    text: (path) => readFile(at(path), 'utf8').catch(() => null),
    mode: (path) =>
      stat(at(path)).then(
        ({ mode, uid }) => ({ mode: mode & 0o7777, uid }),
        () => null,
      ),
    free: (path) =>
      statfs(at(path)).then(
        ({ bsize, bavail }) => bsize * bavail,
        () => null,
      ),
    execute: createExecute(DOCTOR_PROGRAMS),
    knock: (identity) => knock(identity, environment),
  };
}

/** Any answer of HTTP over a connection that the agent would trust is one; the exchange itself is signed besides. */
async function knock(
  { serverUrl, caFile }: StoredIdentity,
  environment: NodeJS.ProcessEnv,
): Promise<string | null> {
  const ca = caFile === null ? null : await readFile(caFile, 'utf8').catch(() => null);
  if (caFile !== null && ca === null) return `the certificates in ${caFile} cannot be read`;
  const { protocol, hostname } = new URL(serverUrl);
  const secure = protocol === 'https:';
  const request = secure ? requestHttps : requestHttp;
  const proxy = isLoopback(hostname) ? {} : { proxyEnv: environment };
  const trusted = ca === null ? {} : { ca: [...getCACertificates('default'), ca] };
  // As the agent connects: over the same proxy.
  const agent = secure ? new HttpsAgent({ ...proxy, ...trusted }) : new HttpAgent(proxy);
  return new Promise((resolve) => {
    const outgoing = request(`${serverUrl}/healthz`, { agent, timeout: PATIENCE }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode === 200 ? null : `it answered ${incoming.statusCode}`);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', (error) => resolve(error.message));
    outgoing.end();
  });
}
