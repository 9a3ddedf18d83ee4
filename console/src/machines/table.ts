import {
  createSortedRowModel,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import type { WireMachineSummary } from '../../../src/contract/console.ts';
import { MACHINES_MAXIMUM } from '../wire/headers.ts';
import { compareRows, SORTS, type SortName } from './sort.ts';

const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  sortedRowModel: createSortedRowModel(),
});

const columns = SORTS.map((name) => ({
  id: name,
  accessorFn: (row: WireMachineSummary) => row,
  sortFn: (
    one: { readonly original: WireMachineSummary },
    other: { readonly original: WireMachineSummary },
  ) => compareRows(one.original, other.original, name),
}));

type Selected = Record<string, true>;

/** The machines in order, and those that are selected. @param rows what the view leaves */
export function useMachinesTable(rows: readonly WireMachineSummary[], sort: SortName, descending: boolean) {
  const [rowSelection, setRowSelection] = useState<Selected>({});
  const [anchor, setAnchor] = useState<string | null>(null);
  const sorting = useMemo(() => [{ id: sort, desc: descending }], [sort, descending]);
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: (row: WireMachineSummary) => row.id,
    enableRowRangeSelection: false,
    state: { sorting, rowSelection },
    onRowSelectionChange: setRowSelection,
  });
  const model = table.getRowModel().rows;
  const shown = useMemo(() => model.map(({ original }) => original), [model]);

  const selectedHere = shown.filter(({ id }) => rowSelection[id] === true).length;
  const reachable = Math.min(shown.length, MACHINES_MAXIMUM);
  return {
    shown,
    selected: Object.keys(rowSelection),
    has: (id: string) => rowSelection[id] === true,
    /** Selected machines that the view does not show. */
    hidden: Object.keys(rowSelection).length - selectedHere,
    all: (selectedHere === 0 ? 'none' : selectedHere >= reachable ? 'all' : 'some') as
      | 'all'
      | 'some'
      | 'none',
    toggle: (id: string, range: boolean) => {
      const at = shown.findIndex((row) => row.id === id);
      const from = range ? shown.findIndex((row) => row.id === anchor) : -1;
      setAnchor(id);
      setRowSelection((before) => {
        if (from >= 0 && at >= 0) {
          const between = shown.slice(Math.min(from, at), Math.max(from, at) + 1);
          return { ...before, ...Object.fromEntries(between.map((row) => [row.id, true as const])) };
        }
        const { [id]: was, ...others } = before;
        return was === true ? others : { ...before, [id]: true as const };
      });
    },
    /** All that match, as far as one call may name them; none where that is so already. */
    toggleAll: () => {
      const everything = Object.fromEntries(
        shown.slice(0, MACHINES_MAXIMUM).map(({ id }) => [id, true as const]),
      );
      setRowSelection(selectedHere >= reachable ? {} : everything);
    },
    clear: () => setRowSelection({}),
    keep: (ids: ReadonlySet<string>) =>
      setRowSelection((before) => Object.fromEntries(Object.entries(before).filter(([id]) => ids.has(id)))),
  };
}
