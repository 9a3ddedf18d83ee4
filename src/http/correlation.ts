/**
 * The correlation id of a call: `target` of an error answer and `correlation` in the log. Its form is the activity id
 * that captured answers of the vendor have (reference, section 15).
 */
export function correlationId(uuid: string): string {
  return `|${uuid.slice(0, 8)}-${uuid.slice(19, 23)}${uuid.slice(24)}.`;
}
