import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import {
  APPLICATION_PERMISSIONS,
  type ApplicationPermission,
  DELEGATED_PERMISSIONS,
  type DelegatedPermission,
} from '../../contract/permissions.ts';
import { TOKEN_LIFETIME } from '../../contract/token.ts';
import type { Application, EmulatorUser } from '../../domain/access-records.ts';
import { EMBEDDED_ALGORITHM, type TokenKeys } from './keys.ts';
import { issuerOf, type PublicUrl } from './public-url.ts';

/** How the client proved itself, as `appidacr` says it: 0 not at all, 1 by a secret, 2 by a key. */
export type ClientProof = 'none' | 'secret' | 'key';
const PROOF_CLAIM: Readonly<Record<ClientProof, string>> = { none: '0', secret: '1', key: '2' };

/** Seconds by which `iat` and `nbf` lie back, as the vendor's do: clients' clocks may be behind ours. */
const BACKDATED = 300;

/** A signed access token. Times are seconds since 1970. */
export interface IssuedToken {
  readonly accessToken: string;
  readonly audience: string;
  readonly notBefore: number;
  readonly expiresAt: number;
  /** Permissions of a user's token; null for an application's. */
  readonly scope: readonly DelegatedPermission[] | null;
}

export interface Issuer {
  /** A token with the application's permissions as `roles`. */
  forApplication(application: Application, proof: ClientProof, audience: string): Promise<IssuedToken>;
  /** A token for a user through an application; `scp` is what the application could do, in delegated names. */
  forUser(
    user: EmulatorUser,
    client: Application,
    proof: ClientProof,
    audience: string,
  ): Promise<IssuedToken>;
}

/** A GUID that is always the same for the same words: object ids of what has no directory behind it. */
function objectId(...words: readonly string[]): string {
  const hex = createHash('sha256').update(words.join('\n')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const DELEGATED: ReadonlySet<string> = new Set(DELEGATED_PERMISSIONS);

/** Delegated names of an application's permissions: `Machine.Read` for `Machine.Read.All`, most others unchanged. */
export function delegatedPermissions(
  permissions: readonly ApplicationPermission[],
): readonly DelegatedPermission[] {
  return permissions.map(
    (name) => (DELEGATED.has(name) ? name : name.replace(/\.All$/, '')) as DelegatedPermission,
  );
}

/** Signs access tokens with the claims of a v1.0 token of the vendor (reference, section 8.3). */
export function createIssuer(options: {
  readonly publicUrl: PublicUrl;
  readonly keys: TokenKeys;
  readonly milliseconds: () => number;
  /** Random bytes fit for secrets. */
  readonly bytes: (length: number) => Uint8Array;
}): Issuer {
  const { publicUrl, keys, milliseconds, bytes } = options;

  async function sign(
    tenantId: string,
    audience: string,
    claims: Readonly<Record<string, unknown>>,
    scope: readonly DelegatedPermission[] | null,
  ): Promise<IssuedToken> {
    const now = Math.floor(milliseconds() / 1000);
    const notBefore = now - BACKDATED;
    const expiresAt = now + TOKEN_LIFETIME;
    const issuer = issuerOf(publicUrl(), tenantId);
    const { kid, key } = await keys.signing();
    const accessToken = await new SignJWT({
      aud: audience,
      iss: issuer,
      iat: notBefore,
      nbf: notBefore,
      exp: expiresAt,
      idp: issuer,
      tid: tenantId,
      uti: Buffer.from(bytes(16)).toString('base64url'),
      ver: '1.0',
      ...claims,
    })
      .setProtectedHeader({ typ: 'JWT', alg: EMBEDDED_ALGORITHM, kid })
      .sign(key);
    return { accessToken, audience, notBefore, expiresAt, scope };
  }

  return {
    forApplication(application, proof, audience) {
      const principal = objectId(application.tenantId, 'application', application.id);
      const roles = application.permissions.filter((name) => APPLICATION_PERMISSIONS.includes(name));
      return sign(
        application.tenantId,
        audience,
        {
          app_displayname: application.displayName,
          appid: application.id,
          appidacr: PROOF_CLAIM[proof],
          oid: principal,
          sub: principal,
          // An application without permissions lawfully has no `roles` at all.
          ...(roles.length === 0 ? {} : { roles }),
        },
        null,
      );
    },
    forUser(user, client, proof, audience) {
      const principal = objectId(user.tenantId, 'user', user.principal);
      const scope = delegatedPermissions(client.permissions);
      return sign(
        user.tenantId,
        audience,
        {
          app_displayname: client.displayName,
          appid: client.id,
          appidacr: PROOF_CLAIM[proof],
          name: user.displayName,
          oid: principal,
          sub: principal,
          scp: scope.join(' '),
          unique_name: user.principal,
          upn: user.principal,
        },
        scope,
      );
    },
  };
}
