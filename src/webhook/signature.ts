import { createHmac } from 'node:crypto';

/** Standard Webhooks: 24 to 64 random bytes. */
const SECRET_BYTES = 32;
const PREFIX = 'whsec_';

/** A secret as it is shown once and given to the receiver's library. */
export function webhookSecret(random: (length: number) => Uint8Array): string {
  return `${PREFIX}${Buffer.from(random(SECRET_BYTES)).toString('base64')}`;
}

/** What is signed is exactly what is sent. */
export interface Signed {
  /** Without dots, which part what is signed. */
  readonly id: string;
  /** Seconds since 1970 of this attempt; receivers refuse old ones. */
  readonly timestamp: number;
  readonly body: string;
}

/** The three headers of Standard Webhooks, with a signature by each secret. */
export function signatureHeaders(
  { id, timestamp, body }: Signed,
  secrets: readonly string[],
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
