import { type MouseEvent, memo } from 'react';
import type { GridColumn } from './grid-model.ts';
import { Icon } from './icon.tsx';

interface Props<T> {
  readonly row: T;
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly name: string;
  readonly columns: readonly GridColumn<T>[];
  readonly narrow: boolean;
  readonly active: boolean;
  /** Null where rows cannot be selected. */
  readonly selected: boolean | null;
  readonly onActivate: (index: number) => void;
  readonly onToggle: (id: string, range: boolean) => void;
  readonly onOpen: (index: number) => void;
}

function Row<T>({ row, id, index, top, height, name, columns, narrow, active, selected, ...on }: Props<T>) {
  const open = (event: MouseEvent) => {
    // Links and boxes in the row do what they are for, and a person who marks text wants the text.
    if ((event.target as Element).closest('a, button, label, input') !== null) return;
    if (String(getSelection()) === '') on.onOpen(index);
  };
  return (
    <div
      role="row"
      className={selected === true ? 'row selected' : 'row'}
      aria-rowindex={index + 2}
      aria-selected={selected ?? undefined}
      tabIndex={active ? 0 : -1}
      data-index={index}
      style={{ transform: `translateY(${top}px)`, height }}
      onFocus={() => on.onActivate(index)}
      onClick={open}
    >
      {selected === null ? null : (
        <div role="gridcell" className="cell select">
          <label>
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label={`Select ${name}`}
              checked={selected}
              onChange={({ nativeEvent }) =>
                on.onToggle(id, (nativeEvent as unknown as globalThis.MouseEvent).shiftKey)
              }
            />
          </label>
        </div>
      )}
      {columns.map((column) => (
        <div role="gridcell" key={column.id} className={`cell ${column.id}`}>
          {column.cell(row)}
        </div>
      ))}
      {narrow ? (
        <span className="chevron" aria-hidden="true">
          <Icon name="right" />
        </span>
      ) : null}
    </div>
  );
}

/** One row; drawn again only when something of it has changed. */
export const GridRow = memo(Row) as typeof Row;
