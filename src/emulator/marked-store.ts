import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DATABASE_FILE, openDirectory, openMemoryStore, type Store } from '../server/stores.ts';

/** Folder of the simulated machines' identities and ledgers within the data directory. */
export const FLEET_FOLDER = 'fleet';

/**
 * Opens the store of an emulator. A store that an emulator made is marked for ever, since everybody knows its
 * credentials; one without the mark may hold real machines and is refused.
 * @param directory null keeps everything in memory
 * @param empty removes what is in it
 * @throws Error with the remedy
 */
export async function openMarkedStore(directory: string | null, empty: boolean): Promise<Store> {
  const store = directory === null ? await openMemoryStore() : await openDirectory(directory, DATABASE_FILE);
  try {
    if ((await store.setting('emulator')) === null && (await store.tenants()).length > 0) {
      throw new Error(`${directory} was not made by an emulator. Give "cordon emulate" an empty directory.`);
    }
    await store.settle('emulator', 'yes');
    if (empty) await emptyStore(store, directory);
    return store;
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** Removes everything but the mark and the server's keys, the machines' identities included. */
export async function emptyStore(store: Store, directory: string | null): Promise<void> {
  await store.clear();
  if (directory !== null) await rm(join(directory, FLEET_FOLDER), { recursive: true, force: true });
}
