import type { ConsoleProvider } from '../service/sessions/open-id-connect.ts';
import { createExternalSources } from '../service/tokens/external.ts';
import { type ExternalIssuer, parseExternalIssuers } from '../service/tokens/external-config.ts';
import type { TokenSource } from '../service/tokens/source.ts';
import { readNamedFile } from './named-file.ts';

/** The external issuers of a JSON file. */
export interface Issuers {
  readonly sources: readonly TokenSource[];
  readonly issuers: readonly Pick<ExternalIssuer, 'issuer' | 'tenants'>[];
  /** Where people sign in to the console; null for none. */
  readonly console: ConsoleProvider | null;
}

/** Reads the file; nothing without one. @throws Error that names the file and what is wrong in it */
export async function readIssuers(path: string | null): Promise<Issuers> {
  if (path === null) return { sources: [], issuers: [], console: null };
  const text = await readNamedFile('--issuer', path, 'a JSON file that lists external issuers');
  try {
    const issuers = parseExternalIssuers(JSON.parse(text));
    const sources = createExternalSources({ issuers, milliseconds: Date.now, fetch });
    return { sources, issuers, console: await consoleProvider(issuers) };
  } catch (cause) {
    throw new Error(`--issuer (CORDON_ISSUER): ${path} cannot be used: ${(cause as Error).message}`, {
      cause,
    });
  }
}

async function consoleProvider(issuers: readonly ExternalIssuer[]): Promise<ConsoleProvider | null> {
  const issuer = issuers.find((one) => one.console !== null);
  const client = issuer?.console ?? null;
  if (issuer === undefined || client === null) return null;
  const file = client.clientSecretFile;
  const secret =
    file === null
      ? null
      : (await readNamedFile('clientSecretFile', file, 'one line with the secret of the client')).trim();
  return { issuer, client, secret };
}

/** A tenant that an issuer's tokens are meant for and that is not there, so that each of them will be refused. */
export interface MissingTenant {
  readonly issuer: string;
  readonly tenant: string;
}

/** Which tenants of the map do not exist. */
export function missingTenants(
  issuers: Issuers['issuers'],
  tenants: readonly { readonly id: string }[],
): MissingTenant[] {
  const known = new Set(tenants.map(({ id }) => id.toLowerCase()));
  return issuers.flatMap(({ issuer, tenants: mapped }) =>
    [...new Set(mapped.values())]
      .filter((tenant) => !known.has(tenant))
      .map((tenant) => ({ issuer, tenant })),
  );
}
