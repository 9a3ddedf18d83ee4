import { readFile } from 'node:fs/promises';
import { createExternalSources } from '../service/tokens/external.ts';
import { parseExternalIssuers } from '../service/tokens/external-config.ts';
import type { TokenSource } from '../service/tokens/source.ts';

/** The external issuers of a JSON file; none without one. @throws Error that names the file and what is wrong in it */
export async function readIssuers(path: string | null): Promise<readonly TokenSource[]> {
  if (path === null) return [];
  try {
    const issuers = parseExternalIssuers(JSON.parse(await readFile(path, 'utf8')));
    return createExternalSources({ issuers, milliseconds: Date.now, fetch });
  } catch (cause) {
    throw new Error(`The issuer file ${path} cannot be used: ${(cause as Error).message}`, { cause });
  }
}
