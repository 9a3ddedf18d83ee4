import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { GridHead, GridTools } from './grid-head.tsx';
import { type GridColumn, type GridSelection, type GridSort, movedBy, type Width } from './grid-model.ts';
import { GridRow } from './grid-row.tsx';
import { whenPainted } from './painted.ts';
import { createScroll, guessedRoom, observeRoom } from './room.ts';
import { useWidth } from './width.ts';

interface Props<T> {
  readonly label: string;
  /** Class of the list, whose style says how wide the columns are. */
  readonly look: string;
  readonly rows: readonly T[];
  readonly columns: readonly GridColumn<T>[];
  readonly idOf: (row: T) => string;
  readonly nameOf: (row: T) => string;
  /** Pixels of a row. */
  readonly height: Readonly<Record<Width, number>>;
  readonly sort: GridSort;
  readonly selection: GridSelection | null;
  readonly onOpen: (row: T) => void;
  /** Is called when the last rows come into view. */
  readonly onEnd?: (() => void) | undefined;
}

/** Rows beyond those in view that are drawn, once these are, so that scrolling shows no gap. */
const OVERSCAN = 8;

/**
 * A list of which only the rows in view exist, for the mouse, the keyboard and screen readers alike. Rows stand where a
 * transformation puts them, which rows of a table element cannot, so the roles are written out; the focus is on rows.
 */
export function Grid<T>(props: Props<T>) {
  const { label, look, rows, idOf, nameOf, sort, selection, onOpen, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth();
  const narrow = width === 'narrow';
  const height = props.height[width];
  const columns = useMemo(
    () => props.columns.filter(({ on }) => on === undefined || on.includes(width)),
    [props.columns, width],
  );
  const [active, setActive] = useState(0);
  const current = Math.min(active, Math.max(0, rows.length - 1));
  const wantsFocus = useRef(false);
  const [room] = useState(guessedRoom);
  const [scroll] = useState(() => createScroll<HTMLDivElement>());
  const [beyond, setBeyond] = useState(0);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: beyond,
    initialRect: room,
    observeElementRect: observeRoom,
    scrollToFn: scroll,
    getItemKey: (index) => idOf(rows[index]!),
    // The row with the focus stays, or the focus would be lost when it is scrolled away.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), current])]
        .filter((index) => index < rows.length)
        .sort((a, b) => a - b),
  });

  useEffect(() => whenPainted(() => setBeyond(OVERSCAN)), []);

  const measured = useRef(height);
  useEffect(() => {
    if (measured.current === height) return;
    measured.current = height;
    virtual.measure();
  }, [height, virtual]);

  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${current}"]`)?.focus({ preventScroll: true });
  });

  const items = virtual.getVirtualItems();
  const end = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (end >= rows.length - OVERSCAN) onEnd?.();
  }, [end, rows.length, onEnd]);

  const latest = useRef({ rows, selection, onOpen });
  latest.current = { rows, selection, onOpen };
  const open = useCallback((index: number) => latest.current.onOpen(latest.current.rows[index]!), []);
  const toggle = useCallback((id: string, range: boolean) => latest.current.selection?.toggle(id, range), []);

  const onKeyDown = (event: KeyboardEvent) => {
    const onRow = (event.target as Element).getAttribute('role') === 'row';
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1);
    const to = onRow ? movedBy(event.key, current, rows.length, page) : null;
    if (to !== null) {
      setActive(to);
      wantsFocus.current = true;
      virtual.scrollToIndex(to);
      if (event.shiftKey && to !== current) selection?.toggle(idOf(rows[to]!), true);
    } else if (onRow && event.key === 'Enter') open(current);
    else if (onRow && event.key === ' ') selection?.toggle(idOf(rows[current]!), event.shiftKey);
    else if (onRow && selection !== null && event.key === 'a' && (event.ctrlKey || event.metaKey))
      selection.toggleAll?.();
    else return;
    event.preventDefault();
  };

  const list = (
    <div
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className={`grid ${look}`}
      aria-multiselectable={selection === null ? undefined : true}
      onKeyDown={onKeyDown}
    >
      {narrow ? null : <GridHead columns={columns} all={props.columns} sort={sort} selection={selection} />}
      {/* Firefox stops at whatever scrolls; here its rows take the keys. */}
      <div ref={scroller} className="scroller" role="rowgroup" tabIndex={-1}>
        <div className="extent" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index]!;
            const id = idOf(row);
            return (
              <GridRow
                key={id}
                row={row}
                id={id}
                index={index}
                top={start}
                height={height}
                name={nameOf(row)}
                columns={columns}
                narrow={narrow}
                active={index === current}
                selected={selection?.has(id) ?? null}
                onActivate={setActive}
                onToggle={toggle}
                onOpen={open}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
  if (!narrow) return list;
  return (
    <>
      <GridTools columns={props.columns} sort={sort} selection={selection} />
      {list}
    </>
  );
}
