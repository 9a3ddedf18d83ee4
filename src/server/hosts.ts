import { isIP } from 'node:net';

/** True for names and addresses that only this machine itself can mean. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (isIP(name) === 4) return name.startsWith('127.');
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost');
}

/** Whether a Host header names loopback; without it, a web page elsewhere could reach an emulator by its own name. */
export function namesLoopback(header: string | undefined): boolean {
  if (header === undefined) return false;
  const host = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(header)?.[1];
  return host !== undefined && isLoopback(host);
}
