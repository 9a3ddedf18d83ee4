import { isLoopback } from '../contract/loopback.ts';

/**
 * Whether a Host header names loopback, names below `localhost` included (RFC 6761). Without this check, a web page
 * elsewhere could reach an emulator by its own name.
 */
export function namesLoopback(header: string | undefined): boolean {
  if (header === undefined) return false;
  const host = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(header)?.[1];
  return host !== undefined && (isLoopback(host) || host.toLowerCase().endsWith('.localhost'));
}
