import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { arch, hostname, networkInterfaces, release } from 'node:os';
import type { DeviceFacts, Readiness } from '../contract/device.ts';
import { DEVICE_LIMITS } from '../contract/device-check.ts';
import type { Driver } from './drivers/driver.ts';

/** Digest of facts, to see whether they changed since the server confirmed them. */
export function digestOf(facts: DeviceFacts): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url');
}

const PROCESSORS: Readonly<Record<string, string>> = { x64: 'x64', arm64: 'ARM64', ia32: 'x86', arm: 'ARM' };
const NARROW = ['ia32', 'arm', 'mips', 'mipsel', 'ppc', 's390'];

/** What this Linux device says of itself. @param readiness of the driver, which is one as long as there is one control */
export async function linuxFacts(
  agentVersion: string,
  drivers: readonly Driver[],
  readiness: Readiness | null = null,
): Promise<DeviceFacts> {
  const processor = arch();
  return {
    computerDnsName: fullName(hostname(), await readText('/etc/hosts')),
    osPlatform: 'Linux',
    osVersion: release(),
    osProcessor: PROCESSORS[processor] ?? processor,
    osArchitecture: NARROW.includes(processor) ? '32-bit' : '64-bit',
    version: osRelease(await readText('/etc/os-release')),
    osBuild: null,
    agentVersion,
    ipAddresses: addresses(networkInterfaces()).slice(0, DEVICE_LIMITS.addresses),
    aadDeviceId: null,
    hardwareFingerprint: await fingerprint(),
    drivers: await Promise.all(
      drivers.map(async (driver) => ({
        control: driver.control,
        driver: driver.name,
        version: await driver.version().catch(() => null),
        ...(readiness === null ? {} : { readiness: { state: readiness.state, detail: readiness.detail } }),
      })),
    ),
  };
}

/** The name with its domain: the host name when it has one, else the first dotted name beside it in the hosts file. */
export function fullName(host: string, hosts: string): string {
  const name = (host || 'localhost').toLowerCase();
  if (name.includes('.')) return name;
  for (const line of hosts.toLowerCase().split('\n')) {
    const [, ...names] = line.split('#')[0]?.trim().split(/\s+/) ?? [];
    const dotted = names.find((candidate) => candidate.startsWith(`${name}.`));
    if (names.includes(name) && dotted !== undefined) return dotted;
  }
  return name;
}

/** `VERSION_ID` of an os-release file, null when it has none. */
export function osRelease(text: string): string | null {
  const value = /^VERSION_ID=(["']?)([^"'\n]+)\1$/m.exec(text)?.[2];
  return value ?? null;
}

/** Addresses in the wire's form, without link-local ones, which say nothing outside their link. */
export function addresses(interfaces: ReturnType<typeof networkInterfaces>): DeviceFacts['ipAddresses'] {
  return Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ address }) => !/^fe80:/i.test(address))
    .map(({ address, mac, internal }) => ({
      ipAddress: address,
      macAddress: internal ? null : hardwareAddress(mac),
      type: internal ? 'SoftwareLoopback' : 'Ethernet',
      operationalStatus: 'Up',
    }));
}

/** Twelve hexadecimal digits; null for the longer addresses of other link types. */
function hardwareAddress(mac: string): string | null {
  const digits = mac.replaceAll(':', '').toUpperCase();
  return /^[0-9A-F]{12}$/.test(digits) ? digits : null;
}

/** What the machine calls itself below any host name. Readable by root at most, so it is hashed before it leaves. */
async function fingerprint(): Promise<string> {
  const parts = await Promise.all(['/sys/class/dmi/id/product_uuid', '/etc/machine-id'].map(readText));
  const said = parts.join('\n').trim() || hostname();
  return createHash('sha256').update(said).digest('hex');
}

async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return '';
  }
}
