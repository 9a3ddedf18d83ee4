import { ClientError } from '../../sdk/error.ts';
import { UsageError } from '../usage-error.ts';

interface Named {
  readonly id: string | number;
  readonly name: string | null;
}

/**
 * The entry that was written as its id, its name (in any letter case), or the first eight or more characters of its
 * id. A whole id goes before a name, and a name before a shortened id.
 */
export function findNamed<T>(
  kind: string,
  entries: readonly T[],
  written: string,
  named: (entry: T) => Named,
): T {
  const wanted = written.toLowerCase();
  const rules: ((entry: Named) => boolean)[] = [
    ({ id }) => String(id).toLowerCase() === wanted,
    ({ name }) => name?.toLowerCase() === wanted,
    ({ id }) => wanted.length >= 8 && String(id).toLowerCase().startsWith(wanted),
  ];
  for (const rule of rules) {
    const found = entries.filter((entry) => rule(named(entry)));
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      const ids = found.map((entry) => named(entry).id).join(', ');
      throw new UsageError(`${written} fits several ${kind}s: ${ids}; write the id`);
    }
  }
  throw new ClientError({
    code: 'ResourceNotFound',
    message: `No ${kind} is called ${written}.`,
    status: 404,
  });
}
