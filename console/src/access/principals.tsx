import { type FormEvent, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { Text } from '../parts/text.tsx';
import { spelledOut } from '../text/visible.ts';
import { asProblem } from '../wire/problem.ts';

interface Props {
  readonly principals: readonly string[];
  readonly add: ((principal: string) => Promise<unknown>) | null;
  readonly remove: ((principal: string) => Promise<unknown>) | null;
  /** What the person gets: "the role responders". */
  readonly what: string;
}

/** People and groups of the identity provider that something is given to. */
export function Principals({ principals, add, remove, what }: Props) {
  const [name, setName] = useState('');
  const [fault, setFault] = useState<string | undefined>();
  const attempt = async (change: () => Promise<unknown>) => {
    setFault(undefined);
    try {
      await change();
      setName('');
    } catch (error) {
      setFault(asProblem(error).message);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '' && add !== null) void attempt(() => add(name.trim()));
  };
  return (
    <div className="principals">
      {principals.map((principal) => (
        <span key={principal} className="tag">
          <Text value={principal} />
          {remove === null ? null : (
            <button
              type="button"
              aria-label={`Take ${what} from ${spelledOut(principal)}`}
              onClick={() => void attempt(() => remove(principal))}
            >
              ×
            </button>
          )}
        </span>
      ))}
      {add === null ? null : (
        <form onSubmit={submit}>
          <Field
            aria-label={`Give ${what} to`}
            value={name}
            onChange={setName}
            placeholder="ana@example.org"
            error={fault}
            maxLength={256}
          />
          <Button type="submit" isDisabled={name.trim() === ''}>
            Add
          </Button>
        </form>
      )}
    </div>
  );
}
