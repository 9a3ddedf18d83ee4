import { type Client, type ClientOptions, client } from './client.ts';

export interface Cordon extends Client {}

/**
 * Cordon, or the vendor's service, as programs use it:
 *
 *     const cordon = new Cordon({ url, credentials: { tenant, clientId, clientSecret } });
 *     const action = await cordon.restrict('ws-001.example.org', { comment: 'ticket 8841', wait: true });
 *
 * Makes no call by itself; tokens are fetched with the first verb and kept until shortly before their end. Verbs that
 * are marked "Cordon only" have no counterpart at the vendor's. Every failure is a `ClientError`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor gives every verb, as a test holds
export class Cordon {
  constructor(options: ClientOptions) {
    Object.assign(this, client(options));
  }
}
