/** What a caller is told when the store went away while it committed: it alone can find out, by asking again. */
export const INTERRUPTED =
  'The store was interrupted; what was being written may or may not be there. Repeat the call with the same ' +
  'Idempotency-Key, which gives what was made, if it was; without one, look before repeating.';
