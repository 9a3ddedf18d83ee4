import type { AgentTrustOptions } from '../contract/run-options.ts';
import type { Clock } from './clock.ts';
import type { Driver } from './drivers/driver.ts';
import { loadDriver } from './drivers/load.ts';
import { AgentError } from './error.ts';
import { readIdentity } from './identity.ts';
import { readLedger } from './ledger.ts';
import { isLocked, lockStateDirectory } from './lock.ts';
import { ownVerb } from './own-name.ts';
import { type Prepared, prepare } from './preparation.ts';
import { awaitAnswer, requestTrust } from './trust-request.ts';

/** Milliseconds for a running agent to answer; the first list of a large system takes a minute. */
const PATIENCE = 300_000;

/** What the verb tells. */
export interface TrustRenewal {
  /** `asked`: the running agent was asked and is not waited for. `nothing`: this device's driver prepares nothing. */
  readonly state: Prepared['state'] | 'asked' | 'nothing';
  readonly detail: string;
}

/**
 * Has the list of trusted files made anew of what is installed now: by the agent where it runs, else here. After packages
 * changed it is waited for only while this device is restricted, so that nobody's package manager waits in vain.
 * @throws AgentError `configuration` when the device is not enrolled, `unreachable` when the running agent does not answer
 */
export async function renewTrust(
  { data, afterPackages }: AgentTrustOptions,
  { id, clock }: { id: string; clock: Clock },
): Promise<TrustRenewal> {
  const identity = await readIdentity(data);
  if (identity === null) {
    throw new AgentError('configuration', `No device is enrolled in ${data}; see ${ownVerb('enrol')}.`);
  }
  const driver = await loadDriver(identity.driver, { stateDirectory: data });
  if (!isLocked(data)) return told(await prepareHere(data, driver));
  // Nobody enrols while the agent runs, so it has this driver too, and would leave no answer.
  if (driver.prepare === undefined) return told(null);
  await requestTrust(data, id);
  if (afterPackages && !(await isRestricted(data)))
    return { state: 'asked', detail: 'The agent looks at the packages again.' };
  const prepared = await awaitAnswer(data, id, clock, PATIENCE);
  if (prepared === null) {
    throw new AgentError(
      'unreachable',
      `The agent did not answer within ${PATIENCE / 1000} s; its log says why.`,
    );
  }
  return told(prepared);
}

async function prepareHere(data: string, driver: Driver): Promise<Prepared | null> {
  const unlock = lockStateDirectory(data);
  try {
    return await prepare(driver, data, null);
  } finally {
    unlock();
  }
}

/** By the agent's memory; a ledger that cannot be read may be that of a restricted device. */
async function isRestricted(data: string): Promise<boolean> {
  const ledger = await readLedger(data);
  if (ledger === null) return false;
  if (ledger === 'damaged') return true;
  return ledger.controls.some(
    ({ desired, observed }) => desired.mode === 'restricted' || observed === 'restricted',
  );
}

function told(prepared: Prepared | null): TrustRenewal {
  return prepared === null
    ? { state: 'nothing', detail: 'The driver of this device prepares nothing.' }
    : { state: prepared.state, detail: prepared.detail };
}
