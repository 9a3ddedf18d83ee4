/** Readers of option values that more than one verb takes. Each throws a `UsageError` that says the form. */
import { isIP } from 'node:net';
import { RELEASE_AFTER } from '../contract/duration.ts';
import type { ListenAddress, RunRateLimit, WebhookAllowance } from '../contract/run-options.ts';
import { UsageError } from './usage-error.ts';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const ISO_DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;
const ISO_UNITS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000];

/** Milliseconds of `200`, `200ms`, `30s`, `5m`, `2h`, `3d`, or an ISO 8601 duration such as `PT1H` or `P3D`. */
export function parseDuration(written: string): number {
  const short = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/i.exec(written);
  const milliseconds =
    short === null ? isoDuration(written) : Number(short[1]) * UNITS[(short[2] ?? 'ms').toLowerCase()]!;
  if (milliseconds === null || milliseconds > 366 * UNITS.d!) {
    throw new UsageError(
      `takes a duration such as 200ms, 30s, 5m, PT1H or P3D, at most a year; "${written}" is none`,
    );
  }
  return Math.round(milliseconds);
}

/** Milliseconds after which an action times out: a second at the least, or none could be carried out. */
export function parseTimeout(written: string): number {
  const milliseconds = parseDuration(written);
  if (milliseconds < UNITS.s!) {
    throw new UsageError(
      `takes a duration of a second or more, such as 30s or P3D; "${written}" is ${milliseconds} ms`,
    );
  }
  return milliseconds;
}

/**
 * Milliseconds for which ended actions are kept: a duration in days, `P180D` or `180d`, 2 to 36,500. A day longer than an
 * idempotency key is remembered, so that a repeated request always finds its action.
 */
export function parseRetention(written: string): number {
  const days = Number(/^(?:P(\d{1,5})D|(\d{1,5})d)$/i.exec(written)?.slice(1).find(Boolean));
  if (!(days >= 2 && days <= 36_500)) {
    throw new UsageError(`takes a number of days such as P180D, at least P2D; "${written}" is none`);
  }
  return days * UNITS.d!;
}

/** A time after which a machine is released, as the service takes it: `4h`, `PT4H` and the like, a minute to 90 days. */
export function parseReleaseAfter(written: string): string {
  const seconds = Math.round(parseDuration(written) / 1000);
  if (seconds * 1000 < RELEASE_AFTER.least || seconds * 1000 > RELEASE_AFTER.most) {
    throw new UsageError(
      `takes a duration from PT1M to P90D, such as PT4H or 2d; "${written}" is not within`,
    );
  }
  return `PT${seconds}S`;
}

function isoDuration(written: string): number | null {
  const parts = ISO_DURATION.exec(written);
  if (parts === null || parts.slice(1).every((part) => part === undefined)) return null;
  return ISO_UNITS.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0);
}

/** `HOST:PORT`, `[::1]:8080`, `:8080` (every IPv4 address), or a port alone (loopback). */
export function parseListen(written: string): ListenAddress {
  const parts = /^(?:(?:\[([0-9a-f:.]+)\]|([^:[\]\s]*)):)?(\d{1,5})$/i.exec(written);
  const port = Number(parts?.[3]);
  if (parts === null || port > 65_535) {
    throw new UsageError(
      `takes HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080; "${written}" is not of that form`,
    );
  }
  const host = parts[1] ?? parts[2];
  if (host === undefined) return { host: '127.0.0.1', port };
  return { host: host === '' ? '0.0.0.0' : host, port };
}

/** `PER_MINUTE/PER_HOUR`, or `off` (null). */
export function parseRateLimit(written: string): RunRateLimit | 'off' {
  if (written.toLowerCase() === 'off') return 'off';
  const parts = /^(\d{1,9})\/(\d{1,9})$/.exec(written);
  if (parts === null || Number(parts[1]) === 0 || Number(parts[2]) === 0) {
    throw new UsageError(
      `takes CALLS_PER_MINUTE/CALLS_PER_HOUR, such as 100/1500, or off; "${written}" is neither`,
    );
  }
  return { perMinute: Number(parts[1]), perHour: Number(parts[2]) };
}

/** `postgres://…`; what is wrong is said without the text, which has a password. */
export function parseDatabaseUrl(written: string): string {
  const address = URL.canParse(written) ? new URL(written) : null;
  // With an unencoded slash in it, a part of the password would be taken for the host's, which is shown.
  const whole =
    address !== null && /^postgres(ql)?:$/.test(address.protocol) && !address.pathname.includes('@');
  if (whole) return written;
  throw new UsageError(
    'takes an address of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password as %XX',
  );
}

/** An address, whose range is itself, or a range `10.0.0.0/8`; null for anything else. */
function rangeOf(written: string): { readonly address: string; readonly prefix: number } | null {
  const [address = '', prefix, ...rest] = written.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : bits + 1;
  return bits > 0 && rest.length === 0 && length <= bits ? { address, prefix: length } : null;
}

/** A range `10.0.0.0/8`, an address, a host, or `http://HOST` for one that may be called without TLS. */
export function parseWebhookAllowance(written: string): WebhookAllowance {
  const range = rangeOf(written);
  if (range !== null) return { kind: 'range', ...range };
  const host = /^(http:\/\/)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)$/i.exec(written);
  if (host?.[2] !== undefined && isIP(host[2]) === 0 && URL.canParse(`https://${host[2]}`)) {
    return { kind: 'host', host: host[2].toLowerCase(), plain: host[1] !== undefined };
  }
  throw new UsageError(
    `takes an address, a range such as 10.0.0.0/8, a host, or http://HOST; "${written}" is none`,
  );
}

/** Names of Fastify's for ranges of proxies. */
const PROXIES = ['loopback', 'linklocal', 'uniquelocal'];

/** A proxy to believe: an address, a range, or one of Fastify's names. Everybody (`/0`) is no proxy. */
export function parseProxy(written: string): string {
  if (PROXIES.includes(written) || (rangeOf(written)?.prefix ?? 0) > 0) return written;
  throw new UsageError(
    `takes an address, a range such as 10.0.0.0/8, ${PROXIES.join(', ')}; "${written}" is none`,
  );
}

/** A whole number within bounds, both included. */
export const integerWithin =
  (lowest: number, highest: number) =>
  (written: string): number => {
    const number = /^\d{1,10}$/.test(written) ? Number(written) : Number.NaN;
    if (!(number >= lowest && number <= highest)) {
      throw new UsageError(`takes a whole number from ${lowest} to ${highest}; "${written}" is not one`);
    }
    return number;
  };

/** An http or https address without query, its trailing slashes removed. */
export function parseAddress(written: string): string {
  const address = URL.canParse(written) ? new URL(written) : null;
  if (
    address === null ||
    !/^https?:$/.test(address.protocol) ||
    address.search !== '' ||
    address.hash !== ''
  ) {
    throw new UsageError(`takes an address such as https://cordon.example.org; "${written}" is none`);
  }
  if (address.username !== '' || address.password !== '') {
    throw new UsageError('takes an address without a user name and password');
  }
  return written.replace(/\/+$/, '');
}

/** A number above 0, fractions too, up to a limit. */
export const numberUpTo =
  (highest: number) =>
  (written: string): number => {
    const number = /^\d{1,9}(?:\.\d{1,6})?$/.test(written) ? Number(written) : Number.NaN;
    if (!(number > 0 && number <= highest)) {
      throw new UsageError(`takes a number above 0, at most ${highest}; "${written}" is not one`);
    }
    return number;
  };
