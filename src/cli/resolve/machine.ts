import type { Client } from '../../sdk/client.ts';
import { all } from '../../sdk/collection.ts';
import { ClientError } from '../../sdk/error.ts';
import { literal } from '../../sdk/filter.ts';
import { UsageError } from '../usage-error.ts';

export const MACHINE_ID = /^[0-9a-f]{40}$/i;
const DIRECTORY_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ID_PREFIX = /^[0-9a-f]{8,39}$/i;

/**
 * What the service takes as `{id}` for a machine that was written as an id, a directory id, a DNS name (all of which
 * it resolves itself), a host name without domain, or the first eight or more digits of an id.
 * @throws UsageError when several machines answer to the name, ClientError `ResourceNotFound` when none does.
 */
export async function machineKey(client: Client, written: string, signal: AbortSignal): Promise<string> {
  if (MACHINE_ID.test(written)) return written.toLowerCase();
  if (DIRECTORY_ID.test(written) || written.includes('.')) return written;
  const conditions = [
    `computerDnsName eq ${literal(written)}`,
    `startswith(computerDnsName,${literal(`${written}.`)})`,
  ];
  if (ID_PREFIX.test(written)) conditions.push(`startswith(id,${literal(written.toLowerCase())})`);
  const found = await all(client.machines({ filter: conditions.join(' or '), top: 11, signal }));
  if (found.length === 1) return found[0]!.id;
  if (found.length === 0) {
    throw new ClientError({
      code: 'ResourceNotFound',
      message: `No machine is called ${written}.`,
      status: 404,
    });
  }
  const names = found.slice(0, 10).map((machine) => `${machine.computerDnsName} (${machine.id.slice(0, 8)})`);
  throw new UsageError(
    `${written} is the name of several machines: ${names.join(', ')}${found.length > 10 ? ' and others' : ''}; write a full name or an id`,
  );
}
