import type { WireMachineSummary, WireSummaryControl } from '../../../src/contract/console.ts';

/** What a responder looks for in a fleet. */
export const FLAGS = ['restricted', 'pending', 'drifted', 'unproven', 'failed', 'offline'] as const;
export type Flag = (typeof FLAGS)[number];

export const FLAG_WORDS: Readonly<Record<Flag, string>> = {
  restricted: 'Restricted',
  pending: 'Pending',
  drifted: 'Drifted',
  unproven: 'Unproven',
  failed: 'Failed',
  offline: 'Offline',
};

/** The control that the console switches; a machine that was never asked anything may have no row of it. */
export function codeExecution({ controls }: Pick<WireMachineSummary, 'controls'>): WireSummaryControl | null {
  return controls.find(({ control }) => control === 'codeExecution') ?? null;
}

/**
 * The newest action, where it came to nothing; null also where the device has proven afterwards, late, what the action was for.
 */
export function failureOf(row: Pick<WireMachineSummary, 'controls' | 'lastFailure'>) {
  const control = codeExecution(row);
  const late = control?.assurance === 'proven' && control.actionId === row.lastFailure?.id;
  return late ? null : row.lastFailure;
}

const TESTS: Readonly<Record<Flag, (row: WireMachineSummary) => boolean>> = {
  // What is only asked for, or was undone, is no containment: it counts as pending, unproven or drifted.
  restricted: (row) => {
    const control = codeExecution(row);
    return control?.mode === 'restricted' && control.assurance === 'proven';
  },
  pending: (row) => row.activeAction !== null,
  drifted: (row) => codeExecution(row)?.assurance === 'drifted',
  unproven: (row) => codeExecution(row)?.assurance === 'unproven',
  failed: (row) => failureOf(row) !== null,
  offline: (row) => row.connected !== true,
};

/** Whether the flag is true of the machine. */
export const hasFlag = (row: WireMachineSummary, flag: Flag): boolean => TESTS[flag](row);
