/** Compresses what was built, once, so that the server only sends files. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TEXTS = /\.(?:js|css|html|svg)$/;
/** Bytes below which a compressed file saves no packet. */
const WORTHWHILE = 1024;

/** Writes `NAME.br` and `NAME.gz` beside every text of a folder. */
export function compress(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, name);
    if (!TEXTS.test(name) || !statSync(file).isFile()) continue;
    const content = readFileSync(file);
    if (content.length < WORTHWHILE) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}
