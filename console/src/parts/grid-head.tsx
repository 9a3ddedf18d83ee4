import { Button } from './button.tsx';
import { Choice } from './choice.tsx';
import type { GridColumn, GridSelection, GridSort } from './grid-model.ts';
import { Icon } from './icon.tsx';

interface Props<T> {
  readonly columns: readonly GridColumn<T>[];
  readonly sort: GridSort;
  readonly selection: GridSelection | null;
}

/** The head of a list: its columns, of which a press sorts. */
export function GridHead<T>({ columns, sort, selection }: Props<T>) {
  return (
    <div role="rowgroup" className="head">
      <div role="row" aria-rowindex={1} className="row">
        {selection === null ? null : (
          <div role="columnheader" className="cell select">
            <SelectAll selection={selection} />
          </div>
        )}
        {columns.map((column) => (
          <Heading key={column.id} column={column} sort={sort} />
        ))}
      </div>
    </div>
  );
}

/** What the head is for, on a phone, where a list has none. */
export function GridTools<T>({ columns, sort, selection }: Props<T>) {
  const order = sort.descending ? 'descending' : 'ascending';
  return (
    <div className="grid-tools">
      {selection === null ? null : <SelectAll selection={selection} word="All" />}
      <Choice
        label="Sort"
        compact
        value={sort.id}
        choices={columns
          .filter(({ sortable }) => sortable)
          .map(({ id, title }) => ({ value: id, word: `Sort: ${title}` }))}
        onChange={(id) => sort.change(id)}
      />
      <Button
        look="quiet"
        icon={sort.descending ? 'down' : 'up'}
        aria-label={`Order: ${order}. Turn it round`}
        onPress={() => sort.change(sort.id)}
      />
    </div>
  );
}

function Heading<T>({ column, sort }: { readonly column: GridColumn<T>; readonly sort: GridSort }) {
  const sorted = sort.id === column.id;
  const order = sort.descending ? 'descending' : 'ascending';
  return (
    <div
      role="columnheader"
      className={`cell ${column.id}`}
      aria-sort={column.sortable ? (sorted ? order : 'none') : undefined}
    >
      {column.sortable ? (
        <button type="button" onClick={() => sort.change(column.id)}>
          {column.title}
          {sorted ? <Icon name={sort.descending ? 'down' : 'up'} /> : null}
        </button>
      ) : (
        column.title
      )}
    </div>
  );
}

function SelectAll({ selection, word }: { readonly selection: GridSelection; readonly word?: string }) {
  return (
    <label>
      <input
        type="checkbox"
        aria-label="Select all that match"
        checked={selection.all === 'all'}
        disabled={selection.toggleAll === null}
        ref={(box) => {
          if (box !== null) box.indeterminate = selection.all === 'some';
        }}
        onChange={() => selection.toggleAll?.()}
      />
      {word}
    </label>
  );
}
