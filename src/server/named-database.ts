import { CordonError } from '../domain/error.ts';

const PERHAPS_AWAY = 'Is PostgreSQL running, and does it listen at that host and port?';
const WHO = 'Correct user and password, with special characters of the password as %XX.';

/** What helps, by the code of PostgreSQL or of the system. */
const REMEDIES: Readonly<Record<string, string>> = {
  '28P01': WHO,
  '28000': WHO,
  '3D000': "Make it with: create database NAME owner USER encoding 'UTF8' template template0",
  '42501': 'The user must own the database, or may be allowed to: grant create on schema public to USER',
  ECONNREFUSED: PERHAPS_AWAY,
  ENOTFOUND: PERHAPS_AWAY,
  EAI_AGAIN: PERHAPS_AWAY,
  ETIMEDOUT: PERHAPS_AWAY,
};

/**
 * Waits for a database to be opened whose address an option gave.
 * @param option As people write it, such as `--database-url`; its variable is `CORDON_DATABASE_URL`.
 * @throws Error that names the option, the cause and what helps, with the code of the failure
 */
export async function openNamedDatabase<T>(option: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    const code = codesOf(error).find((one) => REMEDIES[one] !== undefined);
    const reason = (error as Error).message.replace(/\.?$/, '.');
    const remedy = code === undefined ? '' : ` ${REMEDIES[code]}`;
    const words = `${option} (CORDON_DATABASE_URL): ${reason}${remedy}`;
    // Without the cause, which would be answered with a remedy for the address of a server.
    throw error instanceof CordonError ? new CordonError(error.code, words) : new Error(words);
  }
}

function codesOf(error: unknown): string[] {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return [code, (cause as { code?: unknown } | undefined)?.code].filter((found) => typeof found === 'string');
}
