/** One call that an emulator received. */
export interface WireJournalEntry {
  /** Counts up from 1 in the order of arrival. */
  id: number;
  /** By the emulator's clock. */
  time: string;
  /** `target` of an error answer, and `correlation` in the log. */
  correlationId: string;
  method: string;
  /** Path as sent, without the query. */
  path: string;
  /** Query as sent, decoded; null without one. */
  query: string | null;
  /** Operation of the API, `token` or `discovery`; null for an address that does not exist. */
  operation: string | null;
  /** Application that called: of the accepted token, or the client of a token request. */
  application: string | null;
  /** User that called; null for an application's own token. */
  user: string | null;
  /** Those of {@link JOURNAL_HEADERS} that came. */
  headers: Record<string, string>;
  /** The JSON body; of a token request the fields that are no secrets. Null without a body that could be read. */
  body: unknown;
  /** True where the body was too long and only its beginning is kept, as text. */
  bodyCut: boolean;
  /** Null while the call is under way, and for one that got no whole answer. */
  status: number | null;
  outcome: JournalOutcome;
  /** Name of the fault rule that fired. */
  fault: string | null;
  /** Real milliseconds, delays included; null while the call is under way. */
  durationMilliseconds: number | null;
}

/** `broken`: the connection ended before the answer was whole, whoever ended it. */
export type JournalOutcome = 'underWay' | 'answered' | 'broken';

export interface WireJournal {
  value: WireJournalEntry[];
  /** Entries that were dropped since the journal was emptied, because it was full. */
  dropped: number;
}

/** Request headers that are kept. None of them carries a secret. */
export const JOURNAL_HEADERS = [
  'accept',
  'client-request-id',
  'content-type',
  'idempotency-key',
  'prefer',
  'user-agent',
  'x-correlation-id',
  'x-ms-client-request-id',
] as const;

/**
 * Fields of a token request that are kept, and those of which only is kept that they were there. Any other is left out,
 * its name too, since of what is no form a secret may be the name.
 */
export const JOURNAL_TOKEN_FIELDS = {
  kept: ['grant_type', 'client_id', 'resource', 'scope', 'username'],
  redacted: ['client_secret', 'client_assertion', 'client_assertion_type', 'password'],
} as const;

/** Entries and UTF-16 units of text that a journal keeps at most; the oldest make room. */
export const JOURNAL_LIMITS = { entries: 1000, characters: 8 << 20, body: 16_384 } as const;
