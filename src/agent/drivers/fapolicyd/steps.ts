/** The points of a switch between which the agent may die, in order. Each is passed when what it names has happened. */
export const RESTRICTING_STEPS = [
  /** The list of trusted files is made, nothing is changed yet. */
  'trust-listed',
  /** What the owner had is recorded. */
  'baseline-recorded',
  /** The record says that a restriction is under way, and how it is undone. */
  'restriction-intended',
  'trust-written',
  'rules-written',
  /** A process that outlives the agent will undo the restriction unless it is confirmed; passed on trial only. */
  'dead-man-armed',
  /** The enforcer's database has the trusted files. */
  'trust-checked',
  /** The configuration that enforces is written. */
  'configuration-written',
  /** The kernel's settings forbid what the enforcer does not see. */
  'settings-written',
  /** The enforcer watches. */
  'enforcer-switched',
  /** The record says that the restriction is in force. */
  'restriction-recorded',
] as const;

/** After the proof. */
export const CONFIRMING_STEPS = [
  /** The record says that the restriction stays. */
  'restriction-confirmed',
  /** The enforcer starts at boot. */
  'enabled-at-boot',
  'dead-man-disarmed',
] as const;

/** Of a release, or an undo. */
export const RELEASING_STEPS = [
  /** The record says that it is under way. */
  'release-intended',
  'enforcer-stopped',
  /** The kernel's settings are the owner's. */
  'settings-restored',
  /** The owner's files are back. */
  'files-restored',
  /** The owner's enforcer runs again, if it did before. */
  'service-restored',
  /** The record says that the release is done. */
  'release-recorded',
] as const;

export const FAPOLICYD_STEPS = [...RESTRICTING_STEPS, ...CONFIRMING_STEPS, ...RELEASING_STEPS] as const;

export type FapolicydStep = (typeof FAPOLICYD_STEPS)[number];

/** A fault switch: told of every step, it may hold the driver up, or end it by throwing, as a crash would. */
export type OnFapolicydStep = (step: FapolicydStep) => void | Promise<void>;
