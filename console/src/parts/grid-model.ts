import type { ReactNode } from 'react';

/** A column of a list. */
export interface GridColumn<T> {
  readonly id: string;
  readonly title: string;
  readonly sortable: boolean;
  /** Left out: on every screen. On a phone a row has few cells, of which one holds what several columns say elsewhere. */
  readonly only?: 'wide' | 'narrow';
  readonly cell: (row: T) => ReactNode;
}

export interface GridSelection {
  readonly has: (id: string) => boolean;
  /** @param range true to select all from the last one to this one */
  readonly toggle: (id: string, range: boolean) => void;
  readonly all: 'all' | 'some' | 'none';
  /** Null where not all rows are known. */
  readonly toggleAll: (() => void) | null;
}

export interface GridSort {
  readonly id: string;
  readonly descending: boolean;
  readonly change: (id: string) => void;
}

/** Where a key leads from a row. @param page rows on the screen @returns null for a key that leads nowhere */
export function movedBy(key: string, at: number, count: number, page: number): number | null {
  const last = count - 1;
  const to = (
    {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: last,
    } as Readonly<Record<string, number>>
  )[key];
  return to === undefined ? null : Math.max(0, Math.min(last, to));
}
