import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readiness } from '../contract/device.ts';
import type { Driver } from './drivers/driver.ts';
import { writeFileDurably } from './durable-file.ts';
import { messageOf } from './error.ts';
import { fitText } from './fit.ts';

const FILE = 'preparation.json';
/** Characters of a detail on the wire. */
const LONGEST = 1_024;

/** What was prepared last, and, where somebody asked for it, for whom. */
export interface Prepared extends Readiness {
  /** The id of the request that it answers; null for one that nobody asked for. */
  readonly answers: string | null;
}

/** What a directory's agent has made ready; null when it has never begun, or the file cannot be read. */
export async function readPrepared(directory: string): Promise<Prepared | null> {
  try {
    return JSON.parse(await readFile(join(directory, FILE), 'utf8')) as Prepared;
  } catch {
    return null;
  }
}

/**
 * Lets the driver prepare, and keeps what came of it. What is there stays while it is renewed, so that a device that is
 * ready reads `preparing` only the first time.
 * @param told called when something else can be told than before
 */
export async function prepare(
  driver: Pick<Driver, 'prepare'>,
  directory: string,
  answers: string | null,
  told: () => void = () => undefined,
): Promise<Prepared | null> {
  if (driver.prepare === undefined) {
    await rm(join(directory, FILE), { force: true });
    return null;
  }
  let before = await readPrepared(directory);
  const keep = async (prepared: Prepared) => {
    await writeFileDurably(join(directory, FILE), JSON.stringify(prepared));
    if (before?.state !== prepared.state || before.detail !== prepared.detail) told();
    before = prepared;
    return prepared;
  };
  if (before?.state !== 'ready')
    await keep({ state: 'preparing', detail: 'The list of trusted files is being made.', answers: null });
  try {
    const { ready, detail } = await driver.prepare();
    return await keep({ state: ready ? 'ready' : 'unable', detail: fitText(detail, LONGEST), answers });
  } catch (cause) {
    const detail = `The preparation broke off: ${messageOf(cause)}.`;
    return keep({ state: 'unable', detail: fitText(detail, LONGEST), answers });
  }
}
