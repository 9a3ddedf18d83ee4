import type { Clock } from '../service/clock.ts';
import type { SteadyClock } from '../service/steady-clock.ts';
import { createDiscovery } from '../service/tokens/discovery.ts';
import type { Failures } from '../service/tokens/failures.ts';
import { createFailures, FAILURE_LIMIT } from '../service/tokens/failures.ts';
import { createTokenService } from '../service/tokens/grants.ts';
import { createIssuer } from '../service/tokens/issue.ts';
import { createTokenKeys } from '../service/tokens/keys.ts';
import { createPasswords } from '../service/tokens/passwords.ts';
import { createSharedFailures } from '../service/tokens/shared-failures.ts';
import { createVerifier } from '../service/tokens/verify.ts';
import type { Store } from '../store/port.ts';
import { observedTokens } from './metrics/observed.ts';
import type { ServerOptions } from './options.ts';

/** Puts together what issues tokens and what checks them, with a key to sign by. */
export async function composeTokens(
  options: ServerOptions,
  given: {
    readonly store: Store;
    readonly clock: Clock;
    readonly steadyClock: SteadyClock;
    readonly publicUrl: () => string;
    readonly bytes: (size: number) => Uint8Array;
    /** Whether other processes count too. */
    readonly countsInStore: boolean;
  },
) {
  const { store, clock, steadyClock, publicUrl, bytes } = given;
  const { metrics = null, passwordGrant } = options;
  const keys = createTokenKeys({ store, milliseconds: clock.milliseconds });
  await keys.maintain();
  const verifier = createVerifier({
    publicUrl,
    keys,
    accessStore: store,
    external: options.external,
    milliseconds: clock.milliseconds,
  });
  const { milliseconds } = steadyClock;
  const issuer = createIssuer({ publicUrl, keys, milliseconds, bytes });
  const failures = failuresOf(options, given);
  const passwords = passwordGrant ? createPasswords({ store, failures }) : null;
  const service = createTokenService({ store, issuer, publicUrl, milliseconds, passwords, failures });
  const tokens = metrics === null ? service : observedTokens(service, metrics);
  const discovery = createDiscovery({ store, keys, publicUrl, passwordGrant });
  return { keys, verifier, failures, passwords, tokens, discovery };
}

function failuresOf(
  { rateLimit, time }: ServerOptions,
  {
    store,
    clock,
    countsInStore,
  }: { readonly store: Store; readonly clock: Clock; readonly countsInStore: boolean },
): Failures {
  if (rateLimit === null) return createFailures(null, time.monotonic);
  return countsInStore
    ? createSharedFailures(FAILURE_LIMIT, { store, milliseconds: clock.milliseconds })
    : createFailures(FAILURE_LIMIT, time.monotonic);
}
