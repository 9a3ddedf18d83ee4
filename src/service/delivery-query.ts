/** The query of the list of deliveries, from text to what the store takes. */
import { type Instant, instantFrom } from '../contract/time.ts';
import { DELIVERY_PAGE, DELIVERY_STATES, type DeliveryState } from '../contract/webhook.ts';
import { CordonError } from '../domain/error.ts';
import type { Delivery } from '../domain/webhook.ts';
import type { DeliveryRange } from '../store/port.ts';

/** What a caller asks of the list of deliveries, as it was written. */
export interface DeliveryQuery {
  readonly state: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly top: string | null;
  /** The `next` of the page before. */
  readonly after: string | null;
}

const invalid = (name: string, text: string): CordonError =>
  new CordonError('InvalidInput', `Invalid input ${name}. ${text}`);

/** Entries on a page. @throws CordonError `InvalidInput` */
export function checkedTop(written: string | null): number {
  if (written === null) return DELIVERY_PAGE.preset;
  const top = /^\d{1,5}$/.test(written) ? Number(written) : 0;
  if (top < 1 || top > DELIVERY_PAGE.most) {
    throw invalid('$top', `A whole number from 1 to ${DELIVERY_PAGE.most} is expected.`);
  }
  return top;
}

/** State and times, each of which may be left out. @throws CordonError `InvalidInput` */
export function checkedRange({
  state,
  since,
  until,
}: Pick<DeliveryQuery, 'state' | 'since' | 'until'>): DeliveryRange {
  return {
    state: checkedState(state),
    since: checkedTime('since', since),
    until: checkedTime('until', until),
  };
}

function checkedState(written: string | null): DeliveryState | null {
  if (written === null) return null;
  const state = DELIVERY_STATES.find((known) => known === written.toLowerCase());
  if (state === undefined) throw invalid('state', `One of these is expected: ${DELIVERY_STATES.join(', ')}.`);
  return state;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2}))?$/;

function checkedTime(name: string, written: string | null): Instant | null {
  if (written === null) return null;
  const milliseconds = ISO_TIME.test(written) ? Date.parse(written) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw invalid(name, 'A time such as 2026-03-02T09:15:20Z is expected, or a day.');
  }
  return instantFrom(milliseconds);
}

/** Where a page ends, opaque to callers. */
export const afterOf = ({ createdAt, actionId, revision }: Delivery): string =>
  Buffer.from(JSON.stringify([createdAt, actionId, revision])).toString('base64url');

/** Where the page before ended. @throws CordonError `InvalidInput` */
export function checkedAfter(written: string): Pick<Delivery, 'createdAt' | 'actionId' | 'revision'> {
  try {
    const [createdAt, actionId, revision, ...rest] = JSON.parse(
      Buffer.from(written, 'base64url').toString('utf8'),
    );
    const fits =
      rest.length === 0 &&
      [createdAt, actionId].every((text) => typeof text === 'string' && /^[\w:.-]{1,40}$/.test(text)) &&
      Number.isSafeInteger(revision);
    if (fits) return { createdAt, actionId, revision };
  } catch {
    // Said below.
  }
  throw invalid('$skiptoken', 'It is none of this list.');
}
