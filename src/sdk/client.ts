import { VENDOR_SCOPE } from '../contract/well-known.ts';
import { type ActionVerbs, actionVerbs } from './actions.ts';
import { type AdministrationVerbs, administrationVerbs } from './administration.ts';
import { type EmulatorVerbs, emulatorVerbs } from './emulator.ts';
import { type MachineVerbs, machineVerbs } from './machines.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './retry.ts';
import { loginAt, type Service, serviceAt } from './service.ts';
import { HOST_SYSTEM, type System } from './system.ts';
import {
  type ClientCredentials,
  clientCredentials,
  type TokenFunction,
  type TokenProvider,
  tokensFrom,
} from './token.ts';
import { transport } from './transport.ts';
import { type WebhookVerbs, webhookVerbs } from './webhooks.ts';

export interface ClientOptions {
  /** Address of the service without `/api`, such as `http://127.0.0.1:8080` or `https://api.security.microsoft.com`. */
  readonly url: string;
  /** An application's credentials, or a function (or a provider) that gives tokens from elsewhere. */
  readonly credentials: ApplicationCredentials | TokenFunction | TokenProvider;
  /** Whose service it is; left out, the vendor's at the vendor's domains, and Cordon elsewhere. */
  readonly service?: Service | undefined;
  /** When a refused or broken call is made again: five calls in all, after pauses of at most 60 s, when left out. */
  readonly retry?: Partial<RetryPolicy>;
  /** Another `fetch` (own certificates, a proxy) or clock; the host's own when left out. */
  readonly system?: Partial<System>;
}

export interface ApplicationCredentials {
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Left out, `/{tenant}/oauth2/v2.0/token` (`/{tenant}/oauth2/token` with a `resource`) below `url`, or below the
   * vendor's login service for the vendor's domains.
   */
  readonly tokenUrl?: string | undefined;
  /** The vendor's scope of this API when left out. */
  readonly scope?: string | undefined;
  /** The resource to ask the v1 endpoint for, instead of a scope. */
  readonly resource?: string | undefined;
}

export type Client = ActionVerbs & MachineVerbs & AdministrationVerbs & WebhookVerbs & EmulatorVerbs;

/**
 * A client of Cordon or of the vendor's service. Makes no call by itself; tokens are fetched with the first verb and
 * kept until shortly before their end. Every failure is a `ClientError`.
 */
export function client(options: ClientOptions): Client {
  const system: System = { ...HOST_SYSTEM, ...options.system };
  const retry: RetryPolicy = { ...DEFAULT_RETRY, ...options.retry };
  const service = options.service ?? serviceAt(options.url);
  const call = transport({ url: options.url, service }, tokensOf(options, system), retry, system);
  // A key is for the second arrival of a request; where none is sent twice, the service need not remember it.
  const newKey = () => (service === 'cordon' && retry.attempts > 1 ? system.newKey() : undefined);
  return {
    ...actionVerbs(call, { newKey, retry, system }),
    ...machineVerbs(call),
    ...administrationVerbs(call),
    ...webhookVerbs(call),
    ...emulatorVerbs(call),
  };
}

function tokensOf({ credentials, url }: ClientOptions, system: System): TokenProvider {
  if (typeof credentials === 'function') return tokensFrom(credentials);
  return 'get' in credentials ? credentials : clientCredentials(completed(url, credentials), system);
}

function completed(url: string, credentials: ApplicationCredentials): ClientCredentials {
  const { tenant, clientId, clientSecret, resource } = credentials;
  const version = resource === undefined ? 'v2.0/' : '';
  const own = `${loginAt(url)}/${encodeURIComponent(tenant)}/oauth2/${version}token`;
  return {
    tokenUrl: credentials.tokenUrl ?? own,
    clientId,
    clientSecret,
    audience: resource === undefined ? { scope: credentials.scope ?? VENDOR_SCOPE } : { resource },
  };
}
