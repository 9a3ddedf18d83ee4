import { announce } from '../../dead-man.ts';
import { ownVerb } from '../../own-name.ts';
import { pause } from '../../until.ts';
import type { Recovery } from '../driver.ts';
import { type Context, createProgress } from './context.ts';
import { stopEnforcer } from './enforcer.ts';
import { presentBoot, readRecord, type SwitchRecord, type Trial } from './record.ts';
import { Refusal, reasonOf } from './refusal.ts';
import { undo } from './release.ts';
import { isOnTrial, remaining } from './trial.ts';
import { turn } from './turn.ts';
import { noteUndone } from './undone.ts';

/**
 * Milliseconds to wait for the agent's turn to end. When it does not, the agent may be held up by what it switched on,
 * so the enforcer is ended first; and after as long again it is not waited for any more.
 */
const PATIENCE = 5_000;

const NOTHING: Recovery = {
  outcome: 'nothing',
  detail: 'No restriction is on trial, so nothing was undone.',
};

/**
 * Undoes a restriction on trial.
 * @param only the name of the trial that is meant; null for any
 */
export async function recover(context: Context, only: string | null): Promise<Recovery> {
  try {
    if (!isMeant(await readRecord(context.options), only)) return NOTHING;
    const unlock = await forcedTurn(context);
    try {
      const record = await readRecord(context.options);
      return isMeant(record, only) ? await undoTrial(context, record, only !== null) : NOTHING;
    } finally {
      unlock?.();
    }
  } catch (thrown) {
    const detail = reasonOf(thrown);
    if (detail === null) throw thrown;
    // Whatever stands against putting back what was there: nobody may stay locked out by an enforcer on trial.
    await stopEnforcer(context, true).catch(() => undefined);
    return { outcome: 'failed', detail };
  }
}

function isMeant(
  record: SwitchRecord | null,
  only: string | null,
): record is SwitchRecord & { trial: Trial } {
  return isOnTrial(record) && (only === null || record.trial.id === only);
}

/** A lock that cannot be had must not keep a device locked out. */
async function forcedTurn(context: Context): Promise<(() => void) | null> {
  const asked = () =>
    turn(context, PATIENCE).catch((thrown: unknown) => {
      if (thrown instanceof Refusal) return null;
      throw thrown;
    });
  const unlock = await asked();
  if (unlock !== null) return unlock;
  await stopEnforcer(context, true).catch(() => undefined);
  return asked();
}

async function undoTrial(
  context: Context,
  { trial }: { trial: Trial },
  byDeadMan: boolean,
): Promise<Recovery> {
  const rebooted = trial.boot !== (await presentBoot());
  const reason = rebooted ? WHY.rebooted : byDeadMan ? WHY.deadMan : WHY.person;
  await noteUndone(context, trial, reason);
  const whole = await undo(context, createProgress(context), rebooted);
  if (whole) return { outcome: 'undone', detail: reason };
  return { outcome: 'failed', detail: 'The restriction was undone, but not all is as the owner had it.' };
}

const WHY = {
  rebooted: 'The device restarted before the restriction was confirmed, so it was undone.',
  deadMan: 'The restriction was not confirmed in time, so the dead-man undid it.',
  person: `The restriction, not confirmed yet, was undone on the device by “${ownVerb('recover')}”.`,
} as const;

/** Milliseconds between two looks at a trial, which ends early when it is confirmed. */
const LOOK = 1_000;
/** Milliseconds until an undo that failed is tried again, and how often, before a boot is left to do it. */
const AGAIN = 5_000;
const ATTEMPTS = 20;

/** The dead-man: waits until the trial is over, and undoes it when nobody has confirmed it. */
export async function guard(context: Context, only: string): Promise<Recovery> {
  const boot = await presentBoot();
  await announce(context.paths.guard, only);
  // A record that cannot be read for once, because the disk fails or all is held up, must not end the watch.
  let left = Number.POSITIVE_INFINITY;
  let failures = 0;
  for (;;) {
    const record = await readRecord(context.options).catch(() => 'unreadable' as const);
    if (record !== 'unreadable') {
      if (!isMeant(record, only)) return NOTHING;
      left = remaining(context, record.trial, boot);
    } else if (left === Number.POSITIVE_INFINITY) left = context.options.confirmTimeout;
    else left -= LOOK;
    if (left <= 0) {
      const recovery = await recover(context, only);
      if (recovery.outcome !== 'failed') return recovery;
      failures += 1;
      if (failures === ATTEMPTS) return recovery;
    }
    await pause(context.options.clock, left > 0 ? Math.min(left, LOOK) : AGAIN);
  }
}
