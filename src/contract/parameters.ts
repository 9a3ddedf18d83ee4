/** Query options and headers that operations take, as their rows name them. */
import { type TSchema, Type } from 'typebox';
import { DELIVERY_PAGE, DELIVERY_STATES } from './webhook.ts';

/** One parameter of an operation beside those of its path. */
export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header';
  readonly description: string;
  readonly schema: TSchema;
}

const query = (name: string, schema: TSchema, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
});

/** Most entries that one page can have (reference, section 10). */
const TOP_MAXIMUM = 10_000;

const FILTER = query(
  '$filter',
  Type.String({ maxLength: 16_384, examples: ["status eq 'Pending'"] }),
  'OData filter: `eq ne gt ge lt le in`, `and or not`, parentheses, `startswith endswith contains`, `any` on tags.',
);
const ORDER = query(
  '$orderby',
  Type.String({ maxLength: 16_384, examples: ['creationDateTimeUtc desc'] }),
  'Properties to order by, each with `asc` or `desc`. Machine actions come newest first without it.',
);
const SELECT = query(
  '$select',
  Type.String({ maxLength: 16_384, examples: ['id,status'] }),
  'Properties that the entries have; without it, all of them. The answer then has no other, whatever its schema requires.',
);
const TOP = query(
  '$top',
  Type.Integer({ minimum: 0, maximum: TOP_MAXIMUM }),
  'Entries at most. An answer to it has no `@odata.nextLink`.',
);
const SKIP = query('$skip', Type.Integer({ minimum: 0 }), 'Entries to pass over.');
const COUNT = query(
  '$count',
  Type.Boolean(),
  'Whether `@odata.count` tells how many entries match, whatever the page.',
);
const SKIP_TOKEN = query(
  '$skiptoken',
  Type.String({ maxLength: 16_384 }),
  'Where the next page begins; never made by hand, but part of `@odata.nextLink`.',
);

/** Of a collection without `$select`, whose entries are always whole. */
export const WHOLE_ENTRIES: readonly Parameter[] = [FILTER, ORDER, TOP, SKIP, COUNT, SKIP_TOKEN];
/** Of a collection of the OData wire. */
export const ODATA: readonly Parameter[] = [...WHOLE_ENTRIES, SELECT];
/** Of a `/$count`. */
export const FILTER_ONLY: readonly Parameter[] = [FILTER];

export const BY_TAG: readonly Parameter[] = [
  query('tag', Type.String(), 'The tag, or what it starts with.'),
  query('useStartsWithFilter', Type.Boolean(), 'Whether tags that start so count too; false when left out.'),
];

/** Of the deliveries of a webhook. */
export const OF_DELIVERIES: readonly Parameter[] = [
  query(
    'state',
    Type.Enum([...DELIVERY_STATES], { type: 'string' }),
    'Only deliveries in this state; `waiting` is everything that has not ended.',
  ),
  query('since', Type.String({ format: 'date-time' }), 'Only what happened then or later.'),
  query('until', Type.String({ format: 'date-time' }), 'Only what happened before.'),
  query('$top', Type.Integer({ minimum: 1, maximum: DELIVERY_PAGE.most }), 'Entries of a page at most.'),
  SKIP_TOKEN,
];

export const IDEMPOTENT: readonly Parameter[] = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Makes a second try safe for 24 hours: the same call with the same key is answered with the first one’s action as it is now, and any other call with it is refused with 422.',
    schema: Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' }),
  },
];
