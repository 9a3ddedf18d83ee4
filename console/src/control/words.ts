import type { ActionTypeName, Mode } from '../../../src/contract/control.ts';
import type { Assurance, WireControl } from '../../../src/contract/cordon.ts';
import type { ActionStatus, WireMachineAction } from '../../../src/contract/machine-action.ts';

export type Tone = 'calm' | 'good' | 'active' | 'warning' | 'danger' | 'contained';

/** What the pages call an action: the words of the vendor's portal, which responders know. */
export const ACTION_TITLES: Readonly<Record<ActionTypeName, string>> = {
  RestrictCodeExecution: 'Restrict app execution',
  UnrestrictCodeExecution: 'Remove app restrictions',
};

export const MODE_WORDS: Readonly<Record<Mode, string>> = {
  unmanaged: 'Unmanaged',
  restricted: 'Restricted',
  unrestricted: 'Unrestricted',
};

/** What one badge says of a control: what can be believed, in words, and by its look. */
export interface Standing {
  readonly word: string;
  readonly tone: Tone;
  /** Filled is a fact that the device has shown; outlined what is only wanted. */
  readonly fact: boolean;
}

/** What is not in it cannot be: only a restriction is watched for drift, and no action leads to unmanaged. */
const STANDINGS: Readonly<Record<Mode, Readonly<Partial<Record<Assurance, Standing>>>>> = {
  unmanaged: {
    unmanaged: { word: 'Unmanaged', tone: 'calm', fact: true },
    unproven: { word: 'Undoing, unproven', tone: 'warning', fact: false },
  },
  restricted: {
    proven: { word: 'Restricted, proven', tone: 'contained', fact: true },
    changing: { word: 'Restricting', tone: 'contained', fact: false },
    unproven: { word: 'Restriction unproven', tone: 'warning', fact: false },
    drifted: { word: 'Restriction drifted', tone: 'danger', fact: true },
  },
  unrestricted: {
    proven: { word: 'Unrestricted, proven', tone: 'calm', fact: true },
    changing: { word: 'Releasing', tone: 'calm', fact: false },
    unproven: { word: 'Release unproven', tone: 'warning', fact: false },
  },
};

/**
 * The mode that is wanted and whether it is proven, as one: two words beside each other would let the first be believed
 * without the second.
 */
export const standingOf = ({ mode, assurance }: Pick<WireControl, 'mode' | 'assurance'>): Standing =>
  STANDINGS[mode][assurance] ?? { word: `${MODE_WORDS[mode]}, ${assurance}`, tone: 'warning', fact: false };

export const STATUS_TONES: Readonly<Record<ActionStatus, Tone>> = {
  Pending: 'active',
  InProgress: 'active',
  Succeeded: 'good',
  Failed: 'danger',
  TimeOut: 'warning',
  Cancelled: 'calm',
};

export const STATUS_WORDS: Readonly<Record<ActionStatus, string>> = {
  Pending: 'Pending',
  InProgress: 'In progress',
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  TimeOut: 'Timed out',
  Cancelled: 'Cancelled',
};

export const isActive = (status: ActionStatus): boolean => status === 'Pending' || status === 'InProgress';

/** How an action ended without success. */
export const ENDS: Readonly<Partial<Record<ActionStatus, string>>> = {
  Failed: 'failed',
  TimeOut: 'timed out',
  Cancelled: 'was cancelled',
};

/** Whether an action did not come to what it was for, and nobody wanted that. */
export const endedInVain = (status: ActionStatus): boolean => status === 'Failed' || status === 'TimeOut';

/** What an action is, as a part of a badge. */
const NOUNS: Readonly<Record<ActionTypeName, string>> = {
  RestrictCodeExecution: 'Restriction',
  UnrestrictCodeExecution: 'Release',
};

/**
 * "Restriction failed", "Release timed out"; "Failed" beside a badge that says already what is unproven.
 * @param control what the badge beside it says; null where it says nothing
 */
export function failureWord(
  { type, status }: { readonly type: string; readonly status: ActionStatus },
  control: Pick<WireControl, 'mode' | 'assurance'> | null,
): string {
  const wanted = type === 'RestrictCodeExecution' ? 'restricted' : 'unrestricted';
  if (control?.assurance === 'unproven' && control.mode === wanted) return STATUS_WORDS[status];
  return `${NOUNS[type as ActionTypeName] ?? type} ${ENDS[status] ?? 'ended'}`;
}

/**
 * Whether the newest action failed beside a mode that stands, and so is not told by {@link assuranceSentence}.
 */
export const failedBeside = (
  last: Pick<WireMachineAction, 'id' | 'status'>,
  { mode, assurance, actionId }: Pick<WireControl, 'mode' | 'assurance' | 'actionId'>,
): boolean =>
  endedInVain(last.status) && mode !== 'unmanaged' && !(assurance === 'proven' && actionId === last.id);

/** Whether something was asked of the machine, and none of it holds: no action that succeeds leaves a machine unmanaged. */
export const isNotDone = ({
  mode,
  assurance,
  generation,
}: Pick<WireControl, 'mode' | 'assurance' | 'generation'>): boolean =>
  mode === 'unmanaged' && assurance === 'unmanaged' && generation > 0;

/**
 * What the assurance of a control means to the person who must decide by it.
 * @param last the newest action of the machine; null where it is not known, or there is none
 */
export function assuranceSentence(
  control: Pick<WireControl, 'mode' | 'assurance' | 'generation'>,
  last: Pick<WireMachineAction, 'type' | 'status'> | null,
): string {
  const { mode, assurance } = control;
  switch (assurance) {
    case 'unmanaged': {
      if (!isNotDone(control))
        return 'Nothing was ever asked of this machine, and Cordon has changed nothing on it. Any application can run.';
      const end = last === null ? undefined : ENDS[last.status];
      return end === undefined
        ? 'What was asked of this machine did not succeed: it is as it was before. Any application can run.'
        : `The last action, ${ACTION_TITLES[last!.type]}, ${end}: the machine is as it was before. Any application can run.`;
    }
    case 'proven':
      return mode === 'restricted'
        ? 'Proven on the device: an untrusted program was tried there and was refused.'
        : 'Proven on the device: it is back as its owner had it, and a program was tried there to show it.';
    case 'changing':
      return mode === 'restricted'
        ? 'The restriction is on its way. Until the device has proven it, take the machine as not contained.'
        : 'The release is on its way. Until the device has proven it, take the machine as still restricted.';
    case 'unproven':
      if (mode === 'unmanaged')
        return 'What was asked of the machine ended without success and is taken back. The device has not said yet that it is as before: a restriction may still hold there.';
      return mode === 'restricted'
        ? 'A restriction is wanted, but no proof of it came from the device. Take the machine as not contained.'
        : 'A release is wanted, but no proof of it came from the device. Applications may still be refused there.';
    case 'drifted':
      return 'The restriction was undone on the device, and not by Cordon. The agent puts it back; look at who did it.';
  }
}

/**
 * Whether a release would find nothing to remove, as far as is known: nothing was ever asked of the machine, or it is proven to
 * be as its owner has it. The API takes a release there too, as the vendor's does.
 */
export const isFree = (control: Pick<WireControl, 'mode' | 'assurance'> | null): boolean =>
  control === null ||
  (control.mode !== 'restricted' && (control.assurance === 'unmanaged' || control.assurance === 'proven'));

/** What a responder is most likely to want: containment, unless it is proven. */
export const mainAction = ({ mode, assurance }: Pick<WireControl, 'mode' | 'assurance'>): ActionTypeName =>
  mode === 'restricted' && assurance === 'proven' ? 'UnrestrictCodeExecution' : 'RestrictCodeExecution';

/** Why a history has a line, as `cause` tells it, as a part of a sentence. */
export const causeWords = (cause: string): string =>
  cause
    .replaceAll('_', ' ')
    .replace(
      /\bwhile (Pending|InProgress)$/,
      (_, status: ActionStatus) => `while ${STATUS_WORDS[status].toLowerCase()}`,
    )
    .replace(/[\s.]+$/, '');
