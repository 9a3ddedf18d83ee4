/**
 * Where messages may go. Whoever makes a webhook makes the server call an address of their choice, from inside of the
 * owner's network: so only public addresses are called, unless the operator permits others.
 */
import { BlockList, isIP, isIPv4 } from 'node:net';
import { isLoopback } from '../contract/loopback.ts';
import type { WebhookAllowance } from '../contract/run-options.ts';

/** IPv4 that is not the public network's (IANA, IPv4 special-purpose address registry), with multicast. */
const CLOSED_4 = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'shared by providers; metadata of some clouds'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local; metadata of most clouds'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'protocol assignments; metadata of one cloud'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.88.99.0', 24, 'relays to 6to4'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'benchmarks'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved; broadcast'],
] as const;
/** The only IPv6 that is the public network's, and within it what is not: among these, what carries IPv4 inside. */
const OPEN_6 = ['2000::', 3] as const;
const CLOSED_6 = [
  ['2001::', 23, 'protocol assignments; Teredo'],
  ['2001:db8::', 32, 'documentation'],
  ['2002::', 16, '6to4'],
  ['3fff::', 20, 'documentation'],
] as const;

const closed4 = new BlockList();
for (const [address, prefix] of CLOSED_4) closed4.addSubnet(address, prefix, 'ipv4');
const open6 = new BlockList();
open6.addSubnet(...OPEN_6, 'ipv6');
const closed6 = new BlockList();
for (const [address, prefix] of CLOSED_6) closed6.addSubnet(address, prefix, 'ipv6');

/** True for an address of the public network. */
export const isPublic = (address: string): boolean =>
  isIPv4(address)
    ? !closed4.check(address, 'ipv4')
    : open6.check(address, 'ipv6') && !closed6.check(address, 'ipv6');

export interface AddressPolicy {
  /** Why a webhook cannot have the address, with the remedy; null when it can as far as its text tells. */
  refusal(url: URL): string | null;
  /** Whether a connection to the address may be made for the host. */
  permits(host: string, address: string): boolean;
}

/** The host of a URL without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string =>
  hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;

/** @param allowances what the operator permits besides the public network */
export function addressPolicy(allowances: readonly WebhookAllowance[]): AddressPolicy {
  const ranges = new BlockList();
  const hosts = new Map<string, boolean>();
  for (const allowance of allowances) {
    if (allowance.kind === 'host') {
      const plain = hosts.get(allowance.host) === true || allowance.plain;
      hosts.set(allowance.host, plain);
    } else {
      ranges.addSubnet(allowance.address, allowance.prefix, isIPv4(allowance.address) ? 'ipv4' : 'ipv6');
    }
  }
  const permits = (host: string, address: string): boolean =>
    isPublic(address) || hosts.has(host) || ranges.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

  return {
    permits,
    refusal(url) {
      const host = hostOf(url);
      if (url.username !== '' || url.password !== '') {
        return 'It takes no user name and password; the signature says who calls.';
      }
      if (url.hash !== '') return 'It takes no fragment (#…), which is never sent.';
      if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'It takes an https address.';
      if (url.protocol === 'http:' && !isLoopback(host) && hosts.get(host) !== true) {
        return `It takes an https address. The operator can permit plain http to this host: --webhook-allow http://${url.hostname}`;
      }
      if (isIP(host) !== 0 && !permits(host, host)) {
        return `The server does not call ${host}, which is not of the public network. The operator can permit it: --webhook-allow ${host}`;
      }
      return null;
    },
  };
}
