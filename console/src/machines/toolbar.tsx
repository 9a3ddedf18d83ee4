import { Choice } from '../parts/choice.tsx';
import { FlagRow } from '../parts/flag-row.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { grouped } from '../text/count.ts';
import { spelledOut } from '../text/visible.ts';
import type { Choices } from './filter.ts';
import { FLAG_WORDS, FLAGS, type Flag } from './flags.ts';
import type { MachinesView } from './view.ts';

interface Props {
  readonly view: MachinesView;
  readonly change: (change: Partial<MachinesView>) => void;
  readonly choices: Choices;
  /** Null while not all machines are known. */
  readonly counts: Readonly<Record<Flag, number>> | null;
  readonly onDown: () => void;
}

/** What narrows the list. */
export function MachinesToolbar({ view, change, choices, counts, onDown }: Props) {
  return (
    <search className="toolbar" aria-label="Machines">
      <SearchField
        label="Search machines"
        placeholder="Name, address, tag, group …"
        value={view.search}
        onChange={(search) => change({ search })}
        onDown={onDown}
      />
      <FlagRow
        label="State"
        words={FLAG_WORDS}
        values={FLAGS}
        chosen={view.flags}
        onChange={(flags) => change({ flags })}
        count={(flag) => (counts === null ? '…' : grouped(counts[flag]))}
      />
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
