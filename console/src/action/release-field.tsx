import { Choice } from '../parts/choice.tsx';
import { Field } from '../parts/fields.tsx';
import { useNow } from '../parts/now.ts';
import { localTime } from '../text/time.ts';
import { durationOf, RELEASES, type Release, UNITS, type Unit } from './release.ts';

interface Props {
  readonly value: Release;
  readonly onChange: (value: Release) => void;
}

const MILLISECONDS = { M: 60_000, H: 3_600_000, D: 86_400_000 } as const;

/** When the restriction ends. */
export function ReleaseField({ value, onChange }: Props) {
  const now = useNow();
  const { duration, fault } = durationOf(value);
  return (
    <div className="release">
      <Choice
        label="The restriction ends"
        value={value.choice}
        choices={RELEASES}
        onChange={(choice) => onChange({ ...value, choice })}
      />
      {value.choice === 'other' ? (
        <div className="amount">
          <Field
            label="Time"
            value={value.amount}
            onChange={(amount) => onChange({ ...value, amount })}
            inputMode="numeric"
            error={fault ?? undefined}
          />
          <Choice
            label="Unit"
            value={value.unit}
            choices={UNITS.map((unit) => ({ value: unit, word: unit }))}
            onChange={(unit: Unit) => onChange({ ...value, unit })}
          />
        </div>
      ) : null}
      {duration === null ? null : (
        <p className="help">
          About {localTime(endOf(duration, now)).slice(0, 16)} here. Then the machine is released and that is
          proven, even if nobody is there.
        </p>
      )}
    </div>
  );
}

function endOf(duration: string, now: number): string {
  const [, amount = '0', unit = 'M'] = /(\d+)([MHD])$/.exec(duration) ?? [];
  return new Date(now + Number(amount) * MILLISECONDS[unit as keyof typeof MILLISECONDS]).toISOString();
}
