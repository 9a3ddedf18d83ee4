const OCTET = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const LOOPBACK = new RegExp(`^(localhost|::1|127(\\.${OCTET}){3})$`, 'i');

/**
 * True for a host that can only mean this machine: what may be reached without TLS, and may listen without guards. An
 * IPv6 address stands with brackets, as in a URL, or without.
 */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host);
}
