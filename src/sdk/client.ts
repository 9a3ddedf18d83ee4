import { type ActionVerbs, actionVerbs } from './actions.ts';
import { type AdministrationVerbs, administrationVerbs } from './administration.ts';
import { type EmulatorVerbs, emulatorVerbs } from './emulator.ts';
import { type MachineVerbs, machineVerbs } from './machines.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './retry.ts';
import { HOST_SYSTEM, type System } from './system.ts';
import { clientCredentials, type TokenProvider, VENDOR_SCOPE } from './token.ts';
import { transport } from './transport.ts';
import { type WebhookVerbs, webhookVerbs } from './webhooks.ts';

export interface ClientOptions {
  /** Address of the service without `/api`, such as `http://127.0.0.1:8080` or `https://api.security.microsoft.com`. */
  readonly url: string;
  /** An application's credentials, or a provider of tokens from elsewhere. */
  readonly credentials: ApplicationCredentials | TokenProvider;
  readonly retry?: Partial<RetryPolicy>;
  /** Another `fetch` (own certificates, a proxy) or clock; the host's own when left out. */
  readonly system?: Partial<System>;
}

export interface ApplicationCredentials {
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `{url}/{tenant}/oauth2/v2.0/token` when left out; for the vendor its login service's address. */
  readonly tokenUrl?: string | undefined;
  /** The vendor's scope of this API when left out. */
  readonly scope?: string | undefined;
}

export type Client = ActionVerbs & MachineVerbs & AdministrationVerbs & WebhookVerbs & EmulatorVerbs;

/**
 * A client of Cordon or of the vendor's service. Makes no call by itself; tokens are fetched with the first verb and
 * kept until shortly before their end. Every failure is a `ClientError`.
 */
export function client(options: ClientOptions): Client {
  const system: System = { ...HOST_SYSTEM, ...options.system };
  const tokens =
    'get' in options.credentials
      ? options.credentials
      : clientCredentials(completed(options.url, options.credentials), system);
  const call = transport(options.url, tokens, { ...DEFAULT_RETRY, ...options.retry }, system);
  return {
    ...actionVerbs(call, system),
    ...machineVerbs(call),
    ...administrationVerbs(call),
    ...webhookVerbs(call),
    ...emulatorVerbs(call),
  };
}

function completed(url: string, credentials: ApplicationCredentials) {
  const { tenant, clientId, clientSecret } = credentials;
  const own = `${url.replace(/\/+$/, '')}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  return {
    tokenUrl: credentials.tokenUrl ?? own,
    clientId,
    clientSecret,
    scope: credentials.scope ?? VENDOR_SCOPE,
  };
}
