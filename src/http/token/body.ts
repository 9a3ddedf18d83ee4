import type { FastifyRequest } from 'fastify';

/** Largest form that is read, in bytes; one with a signed assertion and its certificates has some 10,000. */
export const FORM_MAXIMUM = 65_536;

/** Reading stopped: the form is larger than {@link FORM_MAXIMUM}. */
export const TOO_LARGE = Symbol('too large');

/**
 * The form of a GET request. Some clients send one, and Fastify reads no body of a GET, so its stream is still whole.
 */
export async function formOfGet(request: FastifyRequest): Promise<string | typeof TOO_LARGE> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > FORM_MAXIMUM) return TOO_LARGE;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
