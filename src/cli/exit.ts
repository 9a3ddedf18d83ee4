/** Exit statuses of every verb; `cordon --help` and docs/configuration.md show this table. */
export const EXIT = {
  done: { status: 0, meaning: 'done; with --wait the action ended as Succeeded' },
  ended: {
    status: 1,
    meaning:
      'the action ended as Failed, TimeOut or Cancelled; the doctor found a problem; a test message was not taken',
  },
  usage: { status: 2, meaning: 'the command line or an environment variable cannot be used' },
  refused: { status: 3, meaning: 'the service refused, could not be reached, or could not start' },
  waiting: { status: 4, meaning: 'gave up waiting; the action is still active' },
  interrupted: { status: 130, meaning: 'interrupted by a signal; a requested action goes on' },
} as const;

export type Exit = keyof typeof EXIT;

/** With several machines the worst counts, in this order. */
const WORST_FIRST: readonly Exit[] = ['interrupted', 'usage', 'refused', 'ended', 'waiting', 'done'];

/** The exit of a command that did several things. */
export function worst(exits: readonly Exit[]): Exit {
  return WORST_FIRST.find((exit) => exits.includes(exit)) ?? 'done';
}
