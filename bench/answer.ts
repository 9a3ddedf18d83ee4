/** Answers of HTTP as they arrive on a raw socket: what measures must cost less than Node's own client. */
export const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * Where an answer ends, of which these bytes have arrived; null as long as its head has not.
 * @throws Error when it does not say its length
 */
export function endOfAnswer(bytes: Buffer): number | null {
  const head = bytes.indexOf(END_OF_HEAD);
  if (head < 0) return null;
  const length = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1];
  if (length === undefined) throw new Error('An answer does not say its length.');
  return head + END_OF_HEAD.length + Number(length);
}
