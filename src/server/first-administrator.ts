import { randomBytes, randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { APPLICATION_PERMISSIONS } from '../contract/permissions.ts';
import type { Clock } from '../service/clock.ts';
import type { Applications } from '../service/tokens/applications.ts';
import type { AccessStore } from '../store/port.ts';

/** File with the first administrator's credentials, in the form that a shell reads. */
export const ADMINISTRATOR_FILE = 'administrator.env';

/**
 * The first way in: on an empty store, one tenant and one administrator application, whose secret is written once to
 * a file of mode 0600. The file comes first, so that a crash in between leaves a store that is still empty and a
 * file that the next start replaces.
 * @returns path of the file, null when the store has a tenant already
 */
export async function createFirstAdministrator(
  directory: string,
  publicUrl: string,
  store: AccessStore,
  applications: Applications,
  clock: Clock,
): Promise<string | null> {
  if ((await store.tenants()).length > 0) return null;
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

async function writePrivate(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
