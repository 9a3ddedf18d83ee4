/** How a verb reaches the service, and as whom. */

import { parseEnv } from 'node:util';
import { isLoopback } from '../../contract/loopback.ts';
import { EMULATOR } from '../../contract/well-known.ts';
import type { Client, ClientOptions } from '../../sdk/client.ts';
import type { Io } from '../io.ts';
import { flag, grouped, text, type Values, value } from '../option.ts';
import { UsageError } from '../usage-error.ts';
import { parseAddress } from '../values.ts';

/** Options that say who calls; `credentials` says the address too. */
const IDENTITY = ['tenant', 'clientId', 'clientSecret', 'credentials', 'accessToken'];

export const CONNECTION = grouped('Connection', {
  url: {
    ...value('ADDRESS', "Address of the service, without /api; the vendor's works too", parseAddress),
    presetText: EMULATOR.url,
  },
  tenant: text('ID', 'Tenant of the application'),
  clientId: text('ID', 'Application (client) id'),
  clientSecret: text('SECRET', 'Secret of the application; the variable keeps it out of the process list'),
  credentials: text(
    'FILE',
    'File with lines CORDON_URL=…, CORDON_TENANT=…, CORDON_CLIENT_ID=…, CORDON_CLIENT_SECRET=…, read where option and variable are absent',
  ),
  emulator: {
    ...flag(
      "Use the emulator's well-known tenant, application and secret; the option passes over what variables say of the connection, the variable comes after them",
    ),
    // Who writes it must not reach the server that the environment names.
    replaces: [...IDENTITY, 'url', 'tokenUrl', 'scope'],
    excludes: IDENTITY,
  },
  accessToken: text('TOKEN', 'A bearer token from elsewhere, instead of an application and its secret'),
  tokenUrl: value(
    'ADDRESS',
    'Token endpoint; for the vendor https://login.microsoftonline.com/TENANT/oauth2/v2.0/token',
    parseAddress,
  ),
  scope: text('SCOPE', "Scope to ask the token endpoint for; left out, the vendor's, which Cordon takes too"),
  ca: text('FILE', 'PEM file with certificates to trust besides the usual ones'),
});

export type ConnectionValues = Values<typeof CONNECTION>;

/** A client for the values; loads the SDK, reads the files, and makes no call yet. */
export async function connect(
  values: ConnectionValues,
  io: Io,
  retry: ClientOptions['retry'] = {},
): Promise<Client> {
  const [{ client }, options] = await Promise.all([import('../../sdk/client.ts'), prepare(values, io)]);
  return client({
    ...options,
    ...(io.system === undefined ? {} : { system: io.system }),
    retry: {
      ...retry,
      onRetry: (error, pause) =>
        io.stderr.write(`${error.message} Trying again in ${Number((pause / 1000).toFixed(1))} s.\n`),
    },
  });
}

/** What a client needs: reads the files, trusts the certificates, and warns where the way is not encrypted. */
export async function prepare(
  values: ConnectionValues,
  io: Io,
): Promise<Pick<ClientOptions, 'url' | 'credentials'>> {
  const file = values.credentials === null ? {} : await readCredentials(values.credentials, io);
  await trustNamed(values.ca, io);
  const options = clientOptions(values, file);
  warnAboutPlainText(options, io);
  return options;
}

/** Trusts the certificates of a file that was named, for the whole process. */
export async function trustNamed(ca: string | null, io: Io): Promise<void> {
  if (ca !== null) io.trust(await readNamed(ca, '--ca (CORDON_CA)', io));
}

/** Options and variables first, then the file, then the emulator's well-known values where they were asked for. */
export function clientOptions(
  values: ConnectionValues,
  file: Readonly<Record<string, string | undefined>>,
): Pick<ClientOptions, 'url' | 'credentials'> {
  const url = values.url ?? (file.CORDON_URL === undefined ? EMULATOR.url : parseAddress(file.CORDON_URL));
  if (values.accessToken !== null) {
    const token = values.accessToken;
    return { url, credentials: { get: () => Promise.resolve(token), drop: () => {} } };
  }
  const known = values.emulator ? EMULATOR : null;
  const tenant = values.tenant ?? file.CORDON_TENANT ?? known?.tenant;
  const clientId = values.clientId ?? file.CORDON_CLIENT_ID ?? known?.clientId;
  const clientSecret = values.clientSecret ?? file.CORDON_CLIENT_SECRET ?? known?.secret;
  if (tenant === undefined || clientId === undefined || clientSecret === undefined) {
    throw missing({ tenant, clientId, clientSecret }, url);
  }
  return {
    url,
    credentials: {
      tenant,
      clientId,
      clientSecret,
      tokenUrl: values.tokenUrl ?? undefined,
      scope: values.scope ?? undefined,
    },
  };
}

const NAMES = {
  tenant: '--tenant (CORDON_TENANT)',
  clientId: '--client-id (CORDON_CLIENT_ID)',
  clientSecret: '--client-secret (CORDON_CLIENT_SECRET)',
} as const;

function missing(given: Record<keyof typeof NAMES, string | undefined>, url: string): UsageError {
  const absent = (Object.keys(NAMES) as (keyof typeof NAMES)[]).filter((name) => given[name] === undefined);
  const names = absent.map((name) => NAMES[name]).join(', ');
  const emulator = [
    'If it is an emulator, --emulator (CORDON_EMULATOR=1) stands for its well-known values:',
    `tenant ${EMULATOR.tenant}, application ${EMULATOR.clientId}, secret ${EMULATOR.secret}.`,
  ];
  return new UsageError(
    `No credentials for ${url}: ${names} ${absent.length === 1 ? 'is' : 'are'} missing.`,
    [
      '--credentials FILE (CORDON_CREDENTIALS) reads them from a file, such as the one the first cordon serve writes.',
      ...(isLoopback(new URL(url).hostname) ? emulator : []),
    ],
  );
}

async function readCredentials(path: string, io: Io): Promise<Record<string, string | undefined>> {
  return parseEnv(await readNamed(path, '--credentials (CORDON_CREDENTIALS)', io));
}

/** A file's text; a file that cannot be read is the fault of the option that named it. */
export async function readNamed(path: string, option: string, io: Io): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (error) {
    throw new UsageError(`${option} names ${path}, which cannot be read: ${(error as Error).message}`);
  }
}

function warnAboutPlainText({ url }: Pick<ClientOptions, 'url'>, io: Io): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !isLoopback(hostname)) {
    io.stderr.write(`cordon: ${url} is not encrypted; whoever can listen on the way can take the secret.\n`);
  }
}
