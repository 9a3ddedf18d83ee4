import type { Mode } from '../../../src/contract/control.ts';
import type { Assurance } from '../../../src/contract/cordon.ts';
import type { ActionStatus } from '../../../src/contract/machine-action.ts';
import {
  ASSURANCE_TONES,
  ASSURANCE_WORDS,
  modeWord,
  STATUS_TONES,
  STATUS_WORDS,
  type Tone,
} from '../control/words.ts';
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

/** The mode of a control. It is filled only where it is proven; the rest is a wish until the device has shown it. */
export function ModeBadge({ mode, assurance }: { readonly mode: Mode; readonly assurance: Assurance }) {
  const proven = assurance === 'proven';
  const tone = mode === 'restricted' ? 'contained' : 'calm';
  return (
    <span className={`badge ${tone}${proven || assurance === 'unmanaged' ? '' : ' wish'}`}>
      {mode === 'unmanaged' ? (
        <span className="dot" aria-hidden="true" />
      ) : (
        <Icon name={mode === 'restricted' ? 'lock' : 'unlock'} />
      )}
      {modeWord(mode, assurance)}
    </span>
  );
}

const ASSURANCE_ICONS: Readonly<Record<Assurance, IconName | undefined>> = {
  unmanaged: undefined,
  proven: 'check',
  changing: 'clock',
  unproven: 'warning',
  drifted: 'drift',
};

export function AssuranceBadge({ assurance }: { readonly assurance: Assurance }) {
  const icon = ASSURANCE_ICONS[assurance];
  return icon === undefined ? null : (
    <Badge word={ASSURANCE_WORDS[assurance]} tone={ASSURANCE_TONES[assurance]} icon={icon} />
  );
}
