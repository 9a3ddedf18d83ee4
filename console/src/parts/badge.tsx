import type { Assurance, WireControl } from '../../../src/contract/cordon.ts';
import type { ActionStatus } from '../../../src/contract/machine-action.ts';
import { STATUS_TONES, STATUS_WORDS, standingOf, type Tone } from '../control/words.ts';
import { Icon, type IconName } from './icon.tsx';

/** A word with a colour and a sign; the word alone says all of it. */
export function Badge({
  word,
  tone,
  icon,
}: {
  readonly word: string;
  readonly tone: Tone;
  readonly icon?: IconName;
}) {
  return (
    <span className={`badge ${tone}`}>
      {icon === undefined ? <span className="dot" aria-hidden="true" /> : <Icon name={icon} />}
      {word}
    </span>
  );
}

export const OfflineBadge = () => <Badge word="Offline" tone="warning" icon="warning" />;

export const StatusBadge = ({ status }: { readonly status: ActionStatus }) => (
  <Badge word={STATUS_WORDS[status]} tone={STATUS_TONES[status]} />
);

const STANDING_ICONS: Readonly<Record<Assurance, IconName | undefined>> = {
  unmanaged: undefined,
  proven: undefined,
  changing: 'clock',
  unproven: 'warning',
  drifted: 'drift',
};

/** What is wanted of a control and what is proven, in one badge. */
export function StandingBadge(control: Pick<WireControl, 'mode' | 'assurance'>) {
  const { word, tone, fact } = standingOf(control);
  const { mode, assurance } = control;
  const icon =
    STANDING_ICONS[assurance] ??
    (mode === 'unmanaged' ? undefined : mode === 'restricted' ? 'lock' : 'unlock');
  return (
    <span className={`badge ${tone}${fact ? '' : ' wish'}`}>
      {icon === undefined ? <span className="dot" aria-hidden="true" /> : <Icon name={icon} />}
      {word}
    </span>
  );
}
