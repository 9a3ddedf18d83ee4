import type { EmulatorUser } from '../../domain/access-records.ts';
import type { AccessStore } from '../../store/port.ts';
import type { Failures } from './failures.ts';
import { type Refused, refuse } from './refusal.ts';
import { passwordMatches } from './secrets.ts';

/** Compared with when there is no such user, so that the time does not tell. */
const NOBODY = `scrypt$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Passwords compared at a time: each takes 16 MB and 30 ms of one of four threads that the whole process shares. */
const MOST_COMPARED = 32;

/** Users of the embedded issuer, who exist in emulators only. */
export interface Passwords {
  /** @param address where the attempt comes from, for counting failures */
  prove(tenantId: string, name: string, password: string, address: string): Promise<EmulatorUser | Refused>;
}

export function createPasswords(options: {
  readonly store: Pick<AccessStore, 'emulatorUser'>;
  readonly failures: Failures;
}): Passwords {
  const { store, failures } = options;
  let comparing = 0;
  return {
    async prove(tenantId, written, password, address) {
      const name = written.toLowerCase();
      const limited = await failures.refusal(name, address);
      if (limited !== null) return limited;
      const user = await store.emulatorUser(tenantId, name);
      if (comparing >= MOST_COMPARED) return refuse('unavailable', '', 1);
      comparing += 1;
      const matches = await passwordMatches(password, user?.passwordHash ?? NOBODY).finally(() => {
        comparing -= 1;
      });
      if (user !== null && matches) return user;
      await failures.count(name, address);
      return refuse('wrongPassword');
    },
  };
}
