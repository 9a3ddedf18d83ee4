import type { TSchema } from 'typebox';
import type { Parameter } from './parameters.ts';
import type { Requirement } from './permissions.ts';

/** Calls per window that one application of one tenant may make of one operation (reference, section 7). */
export interface RateLimit {
  readonly perMinute: number;
  readonly perHour: number;
}

/** One operation of the API: all that is known about it stands here. */
export interface Operation {
  /** Name of the handler's file and of the operation in logs and metrics. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `vendor` is served under `/api` and `/api/v1.0`, `cordon` under `/cordon/v1`. */
  readonly base: 'vendor' | 'cordon';
  /** Path below the base, with `:name` for parameters; matched in any letter case. */
  readonly path: string;
  readonly summary: string;
  /** What else somebody who calls it must know, in Markdown; null where the summary says it all. */
  readonly details: string | null;
  /** How a vendor's operation differs from the vendor's, in Markdown; null where a client cannot tell. */
  readonly differs: string | null;
  readonly requirement: Requirement;
  readonly limit: RateLimit | null;
  readonly success: 200 | 201 | 204;
  /** Schema of the JSON body; null when the operation takes none. */
  readonly body: TSchema | null;
  /** Schema of the answer, made by a helper of `replies.ts`; null for one without a body. */
  readonly reply: TSchema | null;
  /** Query options and headers; those of the path are read from it. */
  readonly parameters: readonly Parameter[];
  /** The path as the API's description has it, where one segment holds several parameters; null for `path` itself. */
  readonly template: string | null;
}

/** What a row must say of its answer, and what it may say besides. */
export type Rest = Pick<Operation, 'reply'> & Partial<Operation>;

export const VENDOR_LIMIT: RateLimit = { perMinute: 100, perHour: 1500 };

type Row = (
  id: string,
  method: Operation['method'],
  path: string,
  summary: string,
  requirement: Requirement,
  rest: Rest,
) => Operation;

const rowsOf =
  (base: Operation['base'], limit: RateLimit | null): Row =>
  (id, method, path, summary, requirement, rest) => ({
    id,
    method,
    base,
    path,
    summary,
    details: null,
    differs: null,
    requirement,
    limit,
    success: 200,
    body: null,
    parameters: [],
    template: null,
    ...rest,
  });

/** A row of the vendor's API, with the vendor's limit. */
export const vendor = rowsOf('vendor', VENDOR_LIMIT);
/** A row of what Cordon adds. */
export const cordon = rowsOf('cordon', null);
