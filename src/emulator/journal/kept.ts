/** What a journal keeps of a request. No secret is kept: names that may are listed, and what is not listed is left out. */
import type { FastifyRequest } from 'fastify';
import { JOURNAL_HEADERS, JOURNAL_LIMITS, JOURNAL_TOKEN_FIELDS } from '../../contract/emulator/journal.ts';

const HEADER_MAXIMUM = 512;
const QUERY_MAXIMUM = 4096;
const REDACTED = '(redacted)';
/** Parameters of a query that would be secrets; the API has none of them. */
const SECRET_PARAMETERS = new Set([
  'access_token',
  'client_secret',
  'client_assertion',
  'password',
  'code',
  'assertion',
]);

export function keptHeaders({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    JOURNAL_HEADERS.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, shortened([value].flat().join(', '), HEADER_MAXIMUM)]];
    }),
  );
}

export function keptQuery({ raw }: FastifyRequest): string | null {
  const url = raw.url ?? '';
  const mark = url.indexOf('?');
  if (mark < 0) return null;
  const parameters = [...new URLSearchParams(url.slice(mark + 1))].map(
    ([name, value]) => `${name}=${SECRET_PARAMETERS.has(name.toLowerCase()) ? REDACTED : value}`,
  );
  return shortened(parameters.join('&'), QUERY_MAXIMUM);
}

export function keptBody(
  { body }: FastifyRequest,
  operation: string | null,
): { body: unknown; bodyCut: boolean } {
  const kept = operation === 'token' ? tokenFields(body) : (body ?? null);
  const text = JSON.stringify(kept);
  return text.length <= JOURNAL_LIMITS.body
    ? { body: kept, bodyCut: false }
    : { body: shortened(text, JOURNAL_LIMITS.body), bodyCut: true };
}

function tokenFields(body: unknown): Record<string, string> | null {
  if (typeof body !== 'string') return null;
  const form = new URLSearchParams(body);
  const present = (names: readonly string[]) => names.filter((name) => form.has(name));
  return Object.fromEntries([
    ...present(JOURNAL_TOKEN_FIELDS.kept).map((name) => [name, form.get(name)]),
    ...present(JOURNAL_TOKEN_FIELDS.redacted).map((name) => [name, REDACTED]),
  ]);
}

/** Well-formed, and without half a character at its end. */
export function shortened(text: string, characters: number): string {
  return text.slice(0, characters).toWellFormed();
}
