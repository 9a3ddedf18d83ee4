/** The points between which an agent may die, in order. Each is passed when what it names has happened. */
export const STEPS = [
  /** A new order is recorded, and the report that says so. */
  'seen',
  /** The server has confirmed that it knows the device will begin. */
  'accepted',
  /** The ledger says that the device may have begun. */
  'intent-recorded',
  /** The driver has put the mode in force. */
  'applied',
  /** The driver has tried the mode with its canaries. */
  'verified',
  /** A restriction that was proven is kept; any other mode needs no confirmation. */
  'confirmed',
  /** The outcome and its report are recorded. */
  'outcome-recorded',
  /** The server has confirmed the outcome; the ledger still holds it. */
  'reported',
] as const;

export type Step = (typeof STEPS)[number];

/** A fault switch: told of every step, it may hold the agent up, or end it by throwing. */
export type OnStep = (step: Step) => void | Promise<void>;

/** What a fault switch threw. It ends the agent at once, as a crash would: nothing more is recorded or sent. */
export class FaultSwitchError extends Error {
  constructor(step: Step, cause: unknown) {
    super(`The fault switch ended the agent at ${step}.`, { cause });
    this.name = 'FaultSwitchError';
  }
}

/** Passes a step. @throws FaultSwitchError */
export async function pass(onStep: OnStep | null, step: Step): Promise<void> {
  if (onStep === null) return;
  try {
    await onStep(step);
  } catch (cause) {
    throw new FaultSwitchError(step, cause);
  }
}
