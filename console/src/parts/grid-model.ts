import type { ReactNode } from 'react';

/** How much a list has room for: a phone, a tablet or half a screen, a whole screen. */
export type Width = 'narrow' | 'medium' | 'wide';

/** A column of a list. */
export interface GridColumn<T> {
  readonly id: string;
  readonly title: string;
  readonly sortable: boolean;
  /**
   * Screens that have it; left out: all. Where a row has fewer cells, one of them holds what several columns say elsewhere, on a
   * second line.
   */
  readonly on?: readonly Width[];
  /** Whether its head has the columns that sort and that the screen has no room for. */
  readonly gathers?: true;
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
