import { CommanderError } from 'commander';
import { ClientError, systemCode } from '../sdk/error.ts';
import type { Exit } from './exit.ts';
import { UsageError } from './usage-error.ts';

/** A failure as the command tells it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** Correlation id, where the service gave one. */
  readonly target: string | null;
  /** What to do about it, a line each. */
  readonly remedies: readonly string[];
}

/** What helps, by the code of the failure: of the service, of the token endpoint, of the client, of the system. */
const REMEDIES: Readonly<Record<string, readonly string[]>> = {
  ECONNREFUSED: [
    'Is it running? Start one with: cordon emulate   or: cordon serve --data DIR',
    'Another address is given with --url (CORDON_URL).',
  ],
  ENOTFOUND: ['No such host name; the address is given with --url (CORDON_URL).'],
  CertificateRefused: [
    '--ca FILE (CORDON_CA) names the certificate to trust; an emulator with --tls self-signed says where its own is.',
  ],
  AADSTS7000215: ['The secret is wrong: check --client-secret (CORDON_CLIENT_SECRET).'],
  AADSTS7000222: ['The secret has expired: add one with cordon app secret APPLICATION.'],
  AADSTS700016: ['No such application in this tenant: check --client-id (CORDON_CLIENT_ID) and --tenant.'],
  AADSTS90002: ['No such tenant: check --tenant (CORDON_TENANT).'],
  invalid_client: ['Check --client-id and --client-secret (CORDON_CLIENT_ID, CORDON_CLIENT_SECRET).'],
  OutcomeUnknown: ['See whether it arrived before asking again: cordon actions --status active'],
  UnexpectedAnswer: ['Check that --url (CORDON_URL) is the address of the service itself, without /api.'],
  Unauthorized: ['The service does not accept the token: check --url, --tenant and the credentials.'],
  Forbidden: ['An administrator grants it with: cordon app permit APPLICATION PERMISSION…'],
  ResourceNotFound: ['cordon machines and cordon actions list what this application can see.'],
  NotFound: ["The service has no such operation; what is Cordon's own is not at the vendor's."],
  ActiveRequestAlreadyExists: [
    'See it with: cordon actions --status active   end it with: cordon cancel ACTION',
  ],
  NoTimedRelease: [
    "A release time is Cordon's own and not at the vendor's; without --release-after only a person releases.",
  ],
  StillActive: ['Go on waiting with: cordon action ACTION --wait'],
  EADDRINUSE: ['Another process listens there; choose another address with --listen (CORDON_LISTEN).'],
  EADDRNOTAVAIL: ['This machine has no such address; choose another with --listen (CORDON_LISTEN).'],
  EACCES: ['The user that runs this command may not; use another directory, port or user.'],
};

/** Says a failure in words, with its remedy. `help` is the command line that shows the verb's help. */
export function explain(error: unknown, exit: Exit, help: string): Problem {
  if (exit === 'interrupted') return problem('Interrupted', 'Interrupted.', null, []);
  if (error instanceof UsageError || error instanceof CommanderError) {
    const further = error instanceof UsageError ? error.remedies : [];
    return problem('Usage', withoutPrefix(error.message), null, [...further, `See: ${help}`]);
  }
  if (error instanceof ClientError) {
    const pause = error.retryAfter === null ? [] : [`It can be tried again in ${error.retryAfter} s.`];
    return problem(error.code, error.message, error.target, [...remediesFor(error), ...pause]);
  }
  const code = (error as { code?: unknown } | null)?.code;
  const message = error instanceof Error ? error.message : String(error);
  return problem(typeof code === 'string' ? code : 'Failed', message, null, remediesFor(error));
}

/** The most particular remedy: the number in the message, the code of the system below, then the code itself. */
function remediesFor(error: unknown): readonly string[] {
  const { message = '', code } = error as { message?: string; code?: unknown };
  const keys = [/AADSTS\d+/.exec(message)?.[0], systemCode(error), code];
  const key = keys.find((candidate) => typeof candidate === 'string' && Object.hasOwn(REMEDIES, candidate));
  return key === undefined ? [] : REMEDIES[key as string]!;
}

const problem = (
  code: string,
  message: string,
  target: string | null,
  remedies: readonly string[],
): Problem => ({ code, message, target, remedies });

/** Commander begins its messages with `error: ` and breaks the line before a suggestion. */
const withoutPrefix = (message: string): string =>
  message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
