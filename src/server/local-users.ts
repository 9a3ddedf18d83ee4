import { randomBytes } from 'node:crypto';
import { hashPassword } from '../service/tokens/secrets.ts';
import type { AccessStore } from '../store/port.ts';

/** Users of the embedded issuer, who exist in emulators only; the password is kept as a salted scrypt hash. */
export async function createLocalUsers(
  store: Pick<AccessStore, 'createEmulatorUser'>,
  tenantId: string,
  users: readonly { readonly principal: string; readonly displayName: string }[],
  password: string,
): Promise<void> {
  const passwordHash = await hashPassword(password, randomBytes);
  for (const { principal, displayName } of users) {
    await store.createEmulatorUser({ tenantId, principal, displayName, passwordHash });
  }
}
