import type { Store } from '../port.ts';
import { openStore } from '../store.ts';
import { openPostgresSql } from './open.ts';

/**
 * Opens the store in a PostgreSQL database, which any number of processes may have open.
 * @param url `postgres://user:password@host:port/database`, with libpq's parameters
 * @throws CordonError `DisallowedOperation` when a newer Cordon wrote it, `ServiceUnavailable` when it cannot be reached
 */
export const openPostgresStore = async (url: string): Promise<Store> => openStore(await openPostgresSql(url));
