import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { Field } from '../parts/fields.tsx';
import { NEW_RULE, OPERATOR_WORDS, OPERATORS, PROPERTIES, PROPERTY_WORDS, type TypedRule } from './rules.ts';

interface Props {
  readonly rules: readonly TypedRule[];
  readonly onChange: (rules: readonly TypedRule[]) => void;
}

const choices = (values: readonly string[], words: Readonly<Record<string, string>>) =>
  values.map((value) => ({ value, word: words[value] ?? value }));

/** Which machines belong to a group: all of the rules hold together. */
export function RuleFields({ rules, onChange }: Props) {
  const changed = (at: number, part: Partial<TypedRule>) =>
    onChange(rules.map((rule, index) => (index === at ? { ...rule, ...part } : rule)));
  return (
    <fieldset className="rules">
      <legend className="label">Machines whose …</legend>
      {rules.map((rule, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rule has nothing but its place
        <div key={at} className="rule">
          <Choice
            label={at === 0 ? 'Property' : `Property of rule ${at + 1}`}
            compact
            value={rule.property}
            choices={choices(PROPERTIES, PROPERTY_WORDS)}
            onChange={(property) => changed(at, { property })}
          />
          <Choice
            label={at === 0 ? 'Relation' : `Relation of rule ${at + 1}`}
            compact
            value={rule.operator}
            choices={choices(OPERATORS, OPERATOR_WORDS)}
            onChange={(operator) => changed(at, { operator })}
          />
          <Field
            aria-label={at === 0 ? 'Values' : `Values of rule ${at + 1}`}
            value={rule.values}
            onChange={(values) => changed(at, { values })}
            placeholder="ws-, lt-"
          />
          <Button
            look="quiet"
            icon="cross"
            aria-label={`Take rule ${at + 1} away`}
            onPress={() => onChange(rules.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <Button icon="plus" onPress={() => onChange([...rules, NEW_RULE])}>
        {rules.length === 0 ? 'Add a rule' : 'And …'}
      </Button>
      <p className="help">
        Several values with commas: one of them must fit. Without a rule machines are put into the group by
        hand, on their own page.
      </p>
    </fieldset>
  );
}
