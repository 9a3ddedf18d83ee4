import {
  TOKEN_LIFETIME,
  TOKEN_REFUSALS,
  type WireTokenError,
  type WireTokenV1,
  type WireTokenV2,
} from '../../contract/token.ts';
import type { IssuedToken } from '../../service/tokens/issue.ts';
import type { Refused } from '../../service/tokens/refusal.ts';

/** The answer in the shape of the endpoint's version: numbers in v2, strings in v1. */
export function wireToken(token: IssuedToken, version: 1 | 2): WireTokenV1 | WireTokenV2 {
  if (version === 2) {
    return {
      token_type: 'Bearer',
      ...(token.scope === null
        ? {}
        : { scope: token.scope.map((name) => `${token.audience}/${name}`).join(' ') }),
      expires_in: TOKEN_LIFETIME,
      ext_expires_in: TOKEN_LIFETIME,
      access_token: token.accessToken,
    };
  }
  return {
    token_type: 'Bearer',
    ...(token.scope === null ? {} : { scope: token.scope.join(' ') }),
    expires_in: String(TOKEN_LIFETIME),
    expires_on: String(token.expiresAt),
    not_before: String(token.notBefore),
    resource: token.audience,
    access_token: token.accessToken,
  };
}

/** What identifies one answer to people who look for it. */
export interface Trace {
  readonly traceId: string;
  readonly correlationId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export function wireRefusal(
  { refused, subject }: Refused,
  { traceId, correlationId, at }: Trace,
): WireTokenError {
  const { error, number, text } = TOKEN_REFUSALS[refused];
  const timestamp = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const said = text.replace('{subject}', () => subject);
  return {
    error,
    error_description: `AADSTS${number}: ${said} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [number],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
  };
}
