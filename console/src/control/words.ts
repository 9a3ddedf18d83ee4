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

/**
 * The mode in a word that claims no more than is known: what is only asked for is not called done.
 * @param assurance whether the mode is a proven fact
 */
export function modeWord(mode: Mode, assurance: Assurance): string {
  if (mode === 'unmanaged' && assurance === 'unproven') return 'Undoing';
  if (assurance !== 'changing') return MODE_WORDS[mode];
  return mode === 'restricted' ? 'Restricting' : 'Releasing';
}

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

export const ASSURANCE_TONES: Readonly<Record<Assurance, Tone>> = {
  unmanaged: 'calm',
  proven: 'good',
  changing: 'active',
  unproven: 'warning',
  drifted: 'danger',
};

export const ASSURANCE_WORDS: Readonly<Record<Assurance, string>> = {
  unmanaged: 'Unmanaged',
  proven: 'Proven',
  changing: 'Changing',
  unproven: 'Unproven',
  drifted: 'Drifted',
};

/** How an action ended without success. */
const ENDS: Readonly<Partial<Record<ActionStatus, string>>> = {
  Failed: 'failed',
  TimeOut: 'timed out',
  Cancelled: 'was cancelled',
};

/** What an action is, as a part of a badge. */
const NOUNS: Readonly<Record<ActionTypeName, string>> = {
  RestrictCodeExecution: 'Restriction',
  UnrestrictCodeExecution: 'Release',
};

/** "Restriction failed", "Release timed out" */
export const failureWord = ({
  type,
  status,
}: {
  readonly type: string;
  readonly status: ActionStatus;
}): string => `${NOUNS[type as ActionTypeName] ?? type} ${ENDS[status] ?? 'ended'}`;

/**
 * Whether the newest action failed beside a mode that stands, and so is not told by {@link assuranceSentence}.
 */
export const failedBeside = (
  last: Pick<WireMachineAction, 'id' | 'status'>,
  { mode, assurance, actionId }: Pick<WireControl, 'mode' | 'assurance' | 'actionId'>,
): boolean =>
  (last.status === 'Failed' || last.status === 'TimeOut') &&
  mode !== 'unmanaged' &&
  !(assurance === 'proven' && actionId === last.id);

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
