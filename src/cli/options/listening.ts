/** Options of the two verbs that serve the API. */
import type { LogLevel, RunRateLimit, TlsFiles } from '../../contract/run-options.ts';
import { choice, grouped, list, preset, text, value } from '../option.ts';
import { UsageError } from '../usage-error.ts';
import { parseAddress, parseListen, parseRateLimit, parseWebhookAllowance } from '../values.ts';

const LOG_LEVELS: readonly LogLevel[] = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'];

/** @param least what is logged unless asked otherwise */
export const logging = (least: LogLevel) =>
  grouped('Logging', {
    logLevel: preset(choice('LEVEL', 'Least serious line that is logged', LOG_LEVELS), least),
  });

export const LISTENING = {
  listen: preset(
    value(
      'HOST:PORT',
      'Address to listen on; :PORT stands for every address, port 0 for a free one',
      parseListen,
    ),
    { host: '127.0.0.1', port: 8080 },
    '127.0.0.1:8080',
  ),
  publicUrl: {
    ...value('ADDRESS', 'Address that clients use; it is the issuer in tokens', parseAddress),
    presetText: 'the address listened on',
  },
  tlsCert: text('FILE', 'PEM file of the certificate and its chain; with --tls-key'),
  tlsKey: text('FILE', 'PEM file of the private key; with --tls-cert'),
};

/** Webhooks are sent to https addresses of the public network, and to what this names. */
export const WEBHOOK_ALLOW = list(
  'TARGET',
  'Where webhooks may be sent besides the public network: an address, a range, a host, or http://HOST without TLS',
  parseWebhookAllowance,
);

/** Both files or none. */
export function tlsFiles(certificate: string | null, key: string | null): TlsFiles | null {
  if (certificate === null && key === null) return null;
  if (certificate === null)
    throw new UsageError('--tls-key (CORDON_TLS_KEY) needs --tls-cert (CORDON_TLS_CERT).');
  if (key === null) throw new UsageError('--tls-cert (CORDON_TLS_CERT) needs --tls-key (CORDON_TLS_KEY).');
  return { certificate, key };
}

export const RATE_LIMIT = preset(
  value(
    'LIMIT',
    'Calls per minute and hour of one application, for each operation, as 100/1500; or off',
    parseRateLimit,
  ),
  { perMinute: 100, perHour: 1500 } as RunRateLimit | 'off',
  '100/1500',
);

export const limitOrNull = (limit: RunRateLimit | 'off'): RunRateLimit | null =>
  limit === 'off' ? null : limit;
