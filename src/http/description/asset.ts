import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A file that never changes while the server runs, kept compressed only. */
export interface Asset {
  readonly type: string;
  /** Gzip: browsers take Brotli over TLS and on loopback only. */
  readonly compressed: Buffer;
}

const compress = promisify(gzip);

export async function assetOf(type: string, text: string): Promise<Asset> {
  return { type, compressed: await compress(text, { level: 9 }) };
}

const ACCEPTED = /(?:^|[\s,])(?:gzip|\*)\s*(?:;\s*q=(?:1|0\.\d*[1-9])[^,]*)?(?:,|$)/i;

/**
 * Answers with the asset. For a client that does not take it compressed it is unpacked while it is sent, so that a slow
 * reader costs no more memory than a quick one.
 * @param caching for how long it may be kept
 */
export function sendAsset(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, compressed }: Asset,
  caching: string,
): FastifyReply {
  reply.header('content-type', type).header('cache-control', caching).header('vary', 'Accept-Encoding');
  reply.header('x-content-type-options', 'nosniff');
  if (ACCEPTED.test(String(request.headers['accept-encoding'] ?? '')))
    return reply.header('content-encoding', 'gzip').send(compressed);
  return reply.send(Readable.from([compressed]).pipe(createGunzip()));
}
