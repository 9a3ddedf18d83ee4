import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { APPLICATION_PERMISSIONS } from '../contract/permissions.ts';
import type { Clock } from '../service/clock.ts';
import type { Applications } from '../service/tokens/applications.ts';
import type { Store } from '../store/port.ts';
import { writePrivate } from './private-file.ts';

/** File with the first administrator's credentials, in the form that a shell reads. */
export const ADMINISTRATOR_FILE = 'administrator.env';

/** Name of the setting by which one of several processes that start at once makes the administrator. */
const CLAIM = 'first administrator';
/** Waits for the process that has the claim: so many, of so many milliseconds. It may have ended halfway. */
const WAITS = 100;
const WAIT = 100;

/** @throws Error when nobody could enter the store, because there is no place for the first credentials */
export async function requireWayIn(directory: string | null, store: Pick<Store, 'tenants'>): Promise<void> {
  if (directory !== null || (await store.tenants()).length > 0) return;
  throw new Error(
    'The database is empty. Add --data DIR (CORDON_DATA) for the first start: the credentials of the first administrator are written there.',
  );
}

/**
 * The first way in: on an empty store, one tenant and one administrator application, whose secret is written once to
 * a file of mode 0600. The file comes first, so that a crash in between leaves a store that is still empty and a
 * file that the next start replaces.
 * @returns path of the file, null when the store has a tenant already
 */
export async function createFirstAdministrator(
  directory: string | null,
  publicUrl: string,
  store: Pick<Store, 'tenants' | 'createTenant' | 'settle' | 'changeSetting' | 'exclusive'>,
  applications: Applications,
  clock: Clock,
): Promise<string | null> {
  if (directory === null || (await store.tenants()).length > 0) return null;
  if (!(await claimed(store))) return null;
  const [tenantId, id, secret] = [randomUUID(), randomUUID(), randomBytes(32).toString('base64url')];
  const path = join(directory, ADMINISTRATOR_FILE);
  await writePrivate(
    path,
    [
      '# First administrator of this Cordon server. Use it with: set -a; . ./administrator.env; set +a',
      '# Then keep it in a vault and delete this file; it is never written again.',
      `CORDON_URL=${publicUrl}`,
      `CORDON_TENANT=${tenantId}`,
      `CORDON_CLIENT_ID=${id}`,
      `CORDON_CLIENT_SECRET=${secret}`,
      '',
    ].join('\n'),
  );
  await store.createTenant({ id: tenantId, name: 'default', createdAt: clock.now() });
  await applications.create({
    tenantId,
    displayName: 'first administrator',
    permissions: APPLICATION_PERMISSIONS,
    secretDays: null,
    given: { id, secret },
  });
  return path;
}

/** True for the one of several processes that is to make the administrator. */
async function claimed(
  store: Pick<Store, 'tenants' | 'settle' | 'changeSetting' | 'exclusive'>,
): Promise<boolean> {
  const own = randomUUID();
  if ((await store.settle(CLAIM, own)) === own || store.exclusive) return true;
  for (let wait = 0; wait < WAITS; wait += 1) {
    if ((await store.tenants()).length > 0) return false;
    await setTimeout(WAIT);
  }
  await store.changeSetting(CLAIM, own);
  return (await store.settle(CLAIM, own)) === own;
}
