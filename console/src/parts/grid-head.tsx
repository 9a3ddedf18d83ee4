import { Button } from './button.tsx';
import { Choice } from './choice.tsx';
import type { GridColumn, GridSelection, GridSort } from './grid-model.ts';
import { Icon } from './icon.tsx';

interface Props<T> {
  readonly columns: readonly GridColumn<T>[];
  readonly sort: GridSort;
  readonly selection: GridSelection | null;
}

/**
 * The head of a list: its columns, of which a press sorts.
 * @param columns those of the screen
 * @param all those of every screen
 */
export function GridHead<T>({
  columns,
  all,
  sort,
  selection,
}: Props<T> & { readonly all: readonly GridColumn<T>[] }) {
  const others = all.filter((column) => column.sortable && !columns.includes(column));
  return (
    <div role="rowgroup" className="head">
      <div role="row" aria-rowindex={1} className="row">
        {selection === null ? null : (
          <div role="columnheader" className="cell select">
            <SelectAll selection={selection} />
          </div>
        )}
        {columns.map((column) => (
          <Heading
            key={column.id}
            name={column.id}
            title={column.title}
            sorting={column.gathers === true ? others : column.sortable ? [column] : []}
            sort={sort}
          />
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

interface HeadingProps<T> {
  readonly name: string;
  readonly title: string;
  /** What can be sorted by here. */
  readonly sorting: readonly GridColumn<T>[];
  readonly sort: GridSort;
}

function Heading<T>({ name, title, sorting, sort }: HeadingProps<T>) {
  const order = sort.descending ? 'descending' : 'ascending';
  const sorted = sorting.some(({ id }) => id === sort.id);
  return (
    <div
      role="columnheader"
      className={`cell ${name}`}
      aria-sort={sorting.length === 0 ? undefined : sorted ? order : 'none'}
    >
      {sorting.length === 0
        ? title
        : sorting.map((column) => (
            <button key={column.id} type="button" onClick={() => sort.change(column.id)}>
              {column.title}
              {sort.id === column.id ? <Icon name={sort.descending ? 'down' : 'up'} /> : null}
            </button>
          ))}
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
