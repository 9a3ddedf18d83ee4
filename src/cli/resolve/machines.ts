import type { Client } from '../../sdk/client.ts';
import { ClientError } from '../../sdk/error.ts';
import { MACHINE_ID, machineKey } from './machine.ts';

/** A machine as it was written, and what the service takes for it. */
export interface NamedMachine {
  readonly written: string;
  readonly key: string;
}

/** The same machine, written a second time. */
export interface Repetition {
  readonly written: string;
  readonly first: string;
}

/**
 * Resolves several names before anything is asked of any machine. Two names of one machine count once, in the place
 * of the first, so that a request does not collide with itself.
 * @throws UsageError, ClientError as {@link machineKey}
 */
export async function machineKeys(
  client: Client,
  written: readonly string[],
  signal: AbortSignal,
): Promise<{ machines: NamedMachine[]; repetitions: Repetition[] }> {
  const machines = new Map<string, NamedMachine>();
  const repetitions: Repetition[] = [];
  for (const name of written) {
    const key = await machineKey(client, name, signal);
    const id = written.length === 1 ? key : await identityOf(client, key, signal);
    const first = machines.get(id);
    if (first === undefined) machines.set(id, { written: name, key: id });
    else repetitions.push({ written: name, first: first.written });
  }
  return { machines: [...machines.values()], repetitions };
}

/** The machine's id; its name where the caller may not read machines, which is no reason to refuse a request. */
async function identityOf(client: Client, key: string, signal: AbortSignal): Promise<string> {
  if (MACHINE_ID.test(key)) return key;
  try {
    return (await client.machine(key, signal)).id;
  } catch (error) {
    if (error instanceof ClientError && error.status === 403) return key.toLowerCase();
    throw error;
  }
}
