import { useRef } from 'react';
import { Choice } from '../parts/choice.tsx';
import { Icon } from '../parts/icon.tsx';
import { useSlash } from '../parts/slash.ts';
import { grouped } from '../text/count.ts';
import { spelledOut } from '../text/visible.ts';
import type { Choices } from './filter.ts';
import { FLAG_WORDS, FLAGS, type Flag } from './flags.ts';
import { SORTS } from './sort.ts';
import type { MachinesView } from './view.ts';

interface Props {
  readonly view: MachinesView;
  readonly change: (change: Partial<MachinesView>) => void;
  readonly choices: Choices;
  /** Null while not all machines are known. */
  readonly counts: Readonly<Record<Flag, number>> | null;
  readonly onDown: () => void;
}

const SORT_WORDS = {
  name: 'Name',
  state: 'What needs a look',
  lastSeen: 'Last seen',
  platform: 'Platform',
  group: 'Group',
  address: 'Address',
} as const;

/** What narrows the list. */
export function MachinesToolbar({ view, change, choices, counts, onDown }: Props) {
  const search = useRef<HTMLInputElement>(null);
  useSlash(search);
  const toggled = (flag: Flag) =>
    view.flags.includes(flag) ? view.flags.filter((name) => name !== flag) : [...view.flags, flag];
  return (
    <search className="toolbar" aria-label="Machines">
      <div className="find">
        <Icon name="search" />
        <input
          ref={search}
          type="search"
          aria-label="Search machines"
          placeholder="Name, address, tag, group …"
          value={view.search}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change({ search: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') onDown();
            if (event.key === 'Escape' && view.search !== '') change({ search: '' });
          }}
        />
        <kbd>/</kbd>
      </div>
      <fieldset className="flags">
        <legend className="unseen">State</legend>
        {FLAGS.map((flag) => (
          <button
            key={flag}
            type="button"
            className={`flag ${flag}`}
            aria-pressed={view.flags.includes(flag)}
            onClick={() => change({ flags: toggled(flag) })}
          >
            {FLAG_WORDS[flag]} <span className="number">{counts === null ? '…' : grouped(counts[flag])}</span>
          </button>
        ))}
      </fieldset>
      <div className="choices">
        <Narrow
          label="Group"
          every="Every group"
          value={view.group}
          values={choices.groups}
          change={(group) => change({ group })}
        />
        <Narrow
          label="Tag"
          every="Every tag"
          value={view.tag}
          values={choices.tags}
          change={(tag) => change({ tag })}
        />
        <Narrow
          label="Platform"
          every="Every platform"
          value={view.platform}
          values={choices.platforms}
          change={(platform) => change({ platform })}
        />
        <div className="sort-choice">
          <Choice
            label="Sort"
            compact
            value={view.sort}
            choices={SORTS.map((value) => ({ value, word: `Sort: ${SORT_WORDS[value]}` }))}
            onChange={(sort) => change({ sort, descending: false })}
          />
        </div>
      </div>
    </search>
  );
}

interface NarrowProps {
  readonly label: string;
  readonly every: string;
  readonly value: string;
  readonly values: readonly string[];
  readonly change: (value: string) => void;
}

function Narrow({ label, every, value, values, change }: NarrowProps) {
  // What an address names stays to be seen where no machine has it.
  const known = value === '' || values.includes(value) ? values : [value, ...values];
  return (
    <Choice
      label={label}
      compact
      value={value}
      choices={[{ value: '', word: every }, ...known.map((one) => ({ value: one, word: spelledOut(one) }))]}
      onChange={change}
    />
  );
}
