import type { ActionStatus, WireMachineAction } from '../contract/machine-action.ts';
import { ClientError } from './error.ts';
import type { System } from './system.ts';

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of the first status and of each change. */
  readonly onChange?: ((action: WireMachineAction) => void) | undefined;
  /** Milliseconds after which the wait ends with `StillActive`; left out, it does not. */
  readonly timeout?: number | undefined;
  /** How many actions this caller waits for side by side; the pauses grow with it, so that rate limits hold. */
  readonly sideBySide?: number | undefined;
}

/** Milliseconds: a simulated device is done in 50, a real one takes seconds, one that is off takes days. */
const FIRST_PAUSE = 50;
const GROWTH = 1.5;
/** 30 calls a minute, of the 100 that the API allows. */
const LONGEST_PAUSE = 2000;

const ACTIVE: readonly ActionStatus[] = ['Pending', 'InProgress'];

/** Whether an action has reached one of the statuses that never change. */
export function isFinal(action: { status: ActionStatus }): boolean {
  return !ACTIVE.includes(action.status);
}

/** Reads an action again and again until it is final; what is known of it already is told before the first read. */
export async function waitUntilFinal(
  begun: WireMachineAction | null,
  read: (signal: AbortSignal | undefined) => Promise<WireMachineAction>,
  options: WaitOptions,
  system: System,
): Promise<WireMachineAction> {
  const many = options.sideBySide ?? 1;
  const end = options.timeout === undefined ? Number.POSITIVE_INFINITY : system.now() + options.timeout;
  if (begun !== null) options.onChange?.(begun);
  let known = begun?.status ?? null;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * GROWTH, LONGEST_PAUSE)) {
    const action = await read(options.signal);
    if (action.status !== known) options.onChange?.(action);
    known = action.status;
    if (isFinal(action)) return action;
    const left = end - system.now();
    if (left <= 0) {
      throw new ClientError({
        code: 'StillActive',
        message: `The action ${action.id} is still ${action.status}; the wait is over, the action goes on.`,
      });
    }
    await system.sleep(Math.min(pause * many, left), options.signal);
  }
}
