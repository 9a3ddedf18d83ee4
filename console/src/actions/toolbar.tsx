import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ActionTypeName } from '../../../src/contract/control.ts';
import { ACTION_STATUSES } from '../../../src/contract/machine-action.ts';
import { ACTION_TITLES, STATUS_WORDS } from '../control/words.ts';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/choice.tsx';
import { FlagRow } from '../parts/flag-row.tsx';
import { SearchField } from '../parts/search-field.tsx';
import type { ActionsView } from './view.ts';

interface Props {
  readonly view: ActionsView;
  readonly change: (change: Partial<ActionsView>) => void;
  /** The whole view as `$filter` of the API; empty for everything. */
  readonly filter: string;
}

/** What narrows the action center. */
export function ActionsToolbar({ view, change, filter }: Props) {
  return (
    <search className="toolbar" aria-label="Actions">
      <SearchField
        label="Machine"
        placeholder="A part of the machine’s name"
        value={view.machine}
        onChange={(machine) => change({ machine })}
      />
      <FlagRow
        label="Status"
        words={STATUS_WORDS}
        values={ACTION_STATUSES}
        chosen={view.statuses}
        onChange={(statuses) => change({ statuses })}
      />
      <div className="choices">
        <Choice
          label="Action"
          compact
          value={view.type}
          choices={[
            { value: '' as ActionTypeName | '', word: 'Every action' },
            ...Object.entries(ACTION_TITLES).map(([value, word]) => ({
              value: value as ActionTypeName,
              word,
            })),
          ]}
          onChange={(type) => change({ type })}
        />
        <input
          className="short"
          aria-label="Asked for by"
          placeholder="By"
          value={view.requestor}
          autoComplete="off"
          onChange={(event) => change({ requestor: event.target.value })}
        />
        <Day label="From" value={view.since} change={(since) => change({ since })} />
        <Day label="To" value={view.until} change={(until) => change({ until })} />
      </div>
      <OwnFilter value={view.filter} whole={filter} change={(own) => change({ filter: own })} />
    </search>
  );
}

function Day({
  label,
  value,
  change,
}: {
  readonly label: string;
  readonly value: string;
  readonly change: (day: string) => void;
}) {
  return (
    <label className="day">
      {label} <input type="date" value={value} onChange={(event) => change(event.target.value)} />
    </label>
  );
}

/** A filter in the words of the API, for what the fields cannot say. Takes effect when it is sent, not while it is typed. */
function OwnFilter({
  value,
  whole,
  change,
}: {
  readonly value: string;
  readonly whole: string;
  readonly change: (filter: string) => void;
}) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    // What is typed while the own one takes effect stays.
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    sent.current = text.trim();
    change(text.trim());
  };
  return (
    <details className="own-filter" open={value === '' ? undefined : true}>
      <summary>OData</summary>
      <form onSubmit={submit}>
        <input
          aria-label="OData filter"
          placeholder="contains(requestorComment,'8841')"
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit">Apply</Button>
      </form>
      {whole === '' ? null : (
        <p className="note">
          The same for a program: <code>/api/machineactions?$filter={whole}</code>
        </p>
      )}
    </details>
  );
}
