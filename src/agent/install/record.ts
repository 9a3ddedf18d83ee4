import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../durable-file.ts';
import { AgentError } from '../error.ts';
import type { Layout } from './layout.ts';

/** What the machine was like before, as far as an uninstall must know it. */
export interface InstallRecord {
  readonly version: 1;
  /** Names of the packages that were installed before the enforcer's; null when it was the owner's already. */
  readonly packagesBefore: readonly string[] | null;
  /** Names of the packages that came with the enforcer's; null until they have. */
  readonly packagesAdded: readonly string[] | null;
  /** The enforcer's unit is masked by us at this moment. */
  readonly masked: boolean;
}

const EMPTY: InstallRecord = { version: 1, packagesBefore: null, packagesAdded: null, masked: false };
const pathOf = ({ stateDirectory }: Layout) => join(stateDirectory, 'install.json');

/** @throws AgentError `configuration` when it is damaged, since nobody else knows what was there */
export async function readInstallRecord(layout: Layout): Promise<InstallRecord> {
  const text = await readFile(pathOf(layout), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw cause;
  });
  if (text === null) return EMPTY;
  try {
    return { ...EMPTY, ...(JSON.parse(text) as Partial<InstallRecord>) };
  } catch (cause) {
    throw new AgentError('configuration', `${pathOf(layout)} is damaged; restore it from a backup.`, {
      cause,
    });
  }
}

export async function changeInstallRecord(
  layout: Layout,
  change: Partial<InstallRecord>,
): Promise<InstallRecord> {
  const record = { ...(await readInstallRecord(layout)), ...change };
  await writeFileDurably(pathOf(layout), `${JSON.stringify(record)}\n`);
  return record;
}
