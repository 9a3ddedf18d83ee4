import { millisecondsOf } from '../../contract/time.ts';
import type { Application, Tenant } from '../../domain/access-records.ts';
import type { AccessStore } from '../../store/port.ts';
import { ASSERTION_TYPE, checkAssertion, clientOfAssertion } from './assertion.ts';
import type { Failures } from './failures.ts';
import type { ClientProof } from './issue.ts';
import type { PublicUrl } from './public-url.ts';
import { isRefused, type Refused, refuse } from './refusal.ts';
import { secretMatches } from './secrets.ts';

/** What a request offers as its client. */
export interface OfferedClient {
  readonly id: string;
  readonly secret: string | null;
  readonly assertion: string | null;
}

export interface ProvenClient {
  readonly application: Application;
  readonly proof: ClientProof;
}

/** Undoes the form encoding of RFC 6749, section 2.3.1; text that is not encoded stays as it is. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Client id and secret of an HTTP Basic header, null when there is no such header. */
function basicCredentials(authorization: string | undefined): { id: string; secret: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  return { id: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) };
}

/**
 * Finds the client in the form or the Basic header. What is in the form counts first: some clients repeat themselves
 * in both places.
 */
export function offeredClient(
  form: ReadonlyMap<string, string>,
  authorization: string | undefined,
): OfferedClient | Refused {
  const basic = basicCredentials(authorization);
  const assertion = form.get('client_assertion') ?? null;
  if (assertion !== null && form.get('client_assertion_type') !== ASSERTION_TYPE) {
    return form.has('client_assertion_type')
      ? refuse('badAssertion', 'The client_assertion_type is not supported.')
      : refuse('missingParameter', 'client_assertion_type');
  }
  const named =
    form.get('client_id') ?? basic?.id ?? (assertion === null ? null : clientOfAssertion(assertion));
  if (named === null) return refuse('missingParameter', 'client_id');
  if (basic !== null && basic.id.toLowerCase() !== named.toLowerCase()) {
    return refuse('malformed', 'the client ids of the form and of the Authorization header differ');
  }
  return { id: named.toLowerCase(), secret: form.get('client_secret') ?? basic?.secret ?? null, assertion };
}

export interface Clients {
  /**
   * Proves the client that a request offers. With neither secret nor assertion the proof is `none`, which the grant
   * judges.
   */
  prove(offered: OfferedClient, tenant: Tenant, address: string): Promise<ProvenClient | Refused>;
}

export function createClients(options: {
  readonly store: Pick<
    AccessStore,
    'application' | 'applicationSecrets' | 'applicationKeys' | 'useAssertion'
  >;
  readonly publicUrl: PublicUrl;
  /** Milliseconds since 1970; may throw while the clock is in doubt. */
  readonly milliseconds: () => number;
  readonly failures: Failures;
}): Clients {
  const { store, publicUrl, milliseconds, failures } = options;

  async function checkSecret(application: Application, secret: string): Promise<Refused | null> {
    const secrets = await store.applicationSecrets(application.tenantId, application.id);
    // All are compared, so that the time tells nothing about which one was near.
    const fitting = secrets.filter((kept) => secretMatches(secret, kept.hash));
    if (fitting.length === 0) return refuse('wrongSecret', application.id);
    const at = milliseconds();
    const serves = fitting.some((kept) => kept.expiresAt === null || at < millisecondsOf(kept.expiresAt));
    return serves ? null : refuse('expiredSecret', application.id);
  }

  async function check(offered: OfferedClient, tenant: Tenant): Promise<ProvenClient | Refused> {
    const application = await store.application(offered.id, tenant.id);
    if (application === null) return refuse('unknownClient', offered.id);
    let refusal: Refused | null = null;
    if (offered.assertion !== null) {
      const at = milliseconds();
      const request = { assertion: offered.assertion, application, tenant, publicUrl: publicUrl(), at };
      refusal = await checkAssertion(store, request);
    } else if (offered.secret !== null) {
      refusal = await checkSecret(application, offered.secret);
    }
    if (refusal !== null) return refusal;
    if (application.revokedAt !== null) return refuse('revokedClient', application.id);
    return {
      application,
      proof: offered.assertion !== null ? 'key' : offered.secret !== null ? 'secret' : 'none',
    };
  }

  return {
    async prove(offered, tenant, address) {
      const limited = await failures.refusal(offered.id, address);
      if (limited !== null) return limited;
      const answer = await check(offered, tenant);
      // An unknown client has nothing to guess, and its invented name is not worth keeping.
      if (isRefused(answer) && answer.refused !== 'unknownClient') await failures.count(offered.id, address);
      return answer;
    },
  };
}
