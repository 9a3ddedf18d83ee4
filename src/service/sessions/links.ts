import { SESSION_LIMITS } from '../../contract/console.ts';
import type { Instant } from '../../contract/time.ts';
import { localAdministrator, type Person } from '../../domain/console-session.ts';
import type { SessionStore } from '../../store/port.ts';
import { type Clock, instantAfter } from '../clock.ts';
import { hashSecret, secretFrom } from '../tokens/secrets.ts';

export interface MadeLink {
  /** Known only here: it opens the console as the local administrator, once. */
  readonly url: string;
  readonly expiresAt: Instant;
}

export interface ConsoleLinks {
  /** @param createdBy who asks for it, as history names them */
  make(tenantId: string, createdBy: string): Promise<MadeLink>;
  /** Whom the link of the code lets in; null when it was used, is too old, or never was. */
  use(code: string): Promise<Person | null>;
}

/** Links by which an installation without an identity provider is entered. */
export function createConsoleLinks(options: {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly publicUrl: () => string;
  readonly bytes: (length: number) => Uint8Array;
}): ConsoleLinks {
  const { store, clock, publicUrl, bytes } = options;
  return {
    async make(tenantId, createdBy) {
      const code = secretFrom(bytes);
      const endsAt = instantAfter(clock.milliseconds(), SESSION_LIMITS.link);
      await store.createConsoleLink({ hash: hashSecret(code), tenantId, createdBy, endsAt });
      // Behind the hash: a browser sends that to nobody, so that no log of a proxy has it.
      return { url: `${publicUrl()}/console/sign-in#code=${code}`, expiresAt: endsAt };
    },
    async use(code) {
      const link = await store.useConsoleLink(hashSecret(code), clock.now());
      return link === null ? null : localAdministrator(link.tenantId);
    },
  };
}
