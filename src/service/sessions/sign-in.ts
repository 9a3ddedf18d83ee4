import type { SignInMethod } from '../../contract/console.ts';
import type { Person } from '../../domain/console-session.ts';
import { CordonError } from '../../domain/error.ts';
import type { AccessStore } from '../../store/port.ts';
import type { Failures } from '../tokens/failures.ts';
import type { Passwords } from '../tokens/passwords.ts';
import { isRefused, type Refused } from '../tokens/refusal.ts';
import type { ConsoleLinks } from './links.ts';

/** What somebody offers to be let in. */
export interface Offered {
  readonly code?: string;
  readonly user?: string;
  readonly password?: string;
}

export interface ProvenPerson {
  readonly person: Person;
  readonly method: SignInMethod;
}

export interface SignIn {
  /**
   * @param address where the attempt comes from, for counting failures
   * @throws CordonError `Unauthorized`, `TooManyRequests`, `InvalidRequestBody`
   */
  prove(offered: Offered, address: string): Promise<ProvenPerson>;
}

/** Name under which failed codes are counted. */
const LINK = 'one-time link';

/** @param options.passwords null where no user has one */
export function createSignIn(options: {
  readonly store: Pick<AccessStore, 'tenants'>;
  readonly links: ConsoleLinks;
  readonly passwords: Passwords | null;
  readonly failures: Failures;
}): SignIn {
  const { store, links, passwords, failures } = options;

  const byCode = async (code: string, address: string): Promise<ProvenPerson> => {
    const limited = await failures.refusal(LINK, address);
    if (limited !== null) throw refusal(limited);
    const person = await links.use(code);
    if (person !== null) return { person, method: 'link' };
    await failures.count(LINK, address);
    throw new CordonError(
      'Unauthorized',
      'The link was used before or is older than 15 minutes. Make another one with: cordon console-link',
    );
  };

  const byPassword = async (
    passwords: Passwords,
    user: string,
    password: string,
    address: string,
  ): Promise<ProvenPerson> => {
    const [tenant] = await store.tenants();
    const tenantId = tenant?.id ?? '';
    const found = await passwords.prove(tenantId, user, password, address);
    if (isRefused(found)) throw refusal(found);
    const { principal, displayName } = found;
    const person = { tenantId, administrator: false, principal, name: displayName, objectId: '', groups: [] };
    return { person, method: 'password' };
  };

  return {
    async prove({ code, user, password }, address) {
      if (code !== undefined && user === undefined && password === undefined) return byCode(code, address);
      if (code === undefined && user !== undefined && password !== undefined && passwords !== null)
        return byPassword(passwords, user, password, address);
      throw new CordonError(
        'InvalidRequestBody',
        `Invalid request body. Send the code of a link${passwords === null ? '' : ', or user and password'}.`,
      );
    },
  };
}

function refusal({ refused, retryAfter }: Refused): CordonError {
  if (refused === 'wrongPassword')
    return new CordonError('Unauthorized', 'The name or the password is wrong.');
  const options = { retryAfter: retryAfter ?? 1 };
  return refused === 'tooManyFailures'
    ? new CordonError('TooManyRequests', 'Too many failed attempts; try again later.', options)
    : new CordonError('ServiceUnavailable', 'Too many sign-ins at this moment; try again.', options);
}
