import { jwtVerify } from 'jose';
import type { Caller } from '../../domain/caller.ts';
import { isOwnAudience } from './audiences.ts';
import { EMBEDDED_ALGORITHM, type TokenKeys } from './keys.ts';
import { issuerOf, type PublicUrl } from './public-url.ts';
import { CLOCK_TOLERANCE, listClaim, refused, textClaim, type UnverifiedToken } from './reading.ts';
import type { ProvenToken, TokenSource } from './source.ts';

/** Tokens that this server issued. */
export function createEmbeddedSource(options: {
  readonly publicUrl: PublicUrl;
  readonly keys: TokenKeys;
  readonly milliseconds: () => number;
}): TokenSource {
  const { publicUrl, keys, milliseconds } = options;
  return {
    claims(token) {
      const { iss, tid } = token.payload;
      return typeof tid === 'string' && iss === issuerOf(publicUrl(), tid);
    },
    async verify(token): Promise<ProvenToken> {
      const tenantId = token.payload.tid as string;
      const key = token.kid === null ? null : await keys.verifying(token.kid);
      if (key === null) throw refused('The access token is not signed by a key of this server.');
      const { payload } = await jwtVerify(token.text, key, {
        algorithms: [EMBEDDED_ALGORITHM],
        issuer: issuerOf(publicUrl(), tenantId),
        currentDate: new Date(milliseconds()),
        clockTolerance: CLOCK_TOLERANCE,
        requiredClaims: ['exp', 'nbf', 'aud', 'appid'],
      });
      if (typeof payload.aud !== 'string' || !isOwnAudience(payload.aud, publicUrl())) {
        throw refused('The audience of the access token is not this server.');
      }
      const applicationId = textClaim(payload, 'appid');
      if (applicationId === null) throw refused('The access token names no application.');
      return {
        caller: callerOf(payload, tenantId, applicationId),
        expiresAt: (payload.exp as number) * 1000,
        application: { tenantId, id: applicationId },
      };
    },
  };
}

function callerOf(payload: UnverifiedToken['payload'], tenantId: string, applicationId: string): Caller {
  const scope = payload.scp;
  if (typeof scope !== 'string') {
    return {
      kind: 'application',
      tenantId,
      id: applicationId,
      name: textClaim(payload, 'app_displayname') ?? applicationId,
      permissions: listClaim(payload, 'roles'),
    };
  }
  const principal = textClaim(payload, 'upn', 'unique_name');
  if (principal === null) throw refused('The access token names no user.');
  return {
    kind: 'user',
    tenantId,
    principal,
    name: textClaim(payload, 'name') ?? principal,
    objectId: textClaim(payload, 'oid') ?? '',
    groups: listClaim(payload, 'groups'),
    administrator: false,
    permissions: scope.split(' ').filter((name) => name !== ''),
  };
}
