import type { Io, Sink } from '../io.ts';
import { harmless, type Paint, painter } from './style.ts';

export interface Column<T> {
  readonly title: string;
  readonly text: (entry: T) => string;
  readonly paint?: (entry: T, text: string, paint: Paint) => string;
  /** Columns are cut to the terminal from the one with the highest number down; 0 is never cut. */
  readonly give: number;
}

const GAP = 2;
const NARROWEST = 6;

/** Writes a table; on a terminal it is cut to the width, elsewhere every cell is whole. */
export async function writeTable<T>(
  io: Io,
  columns: readonly Column<T>[],
  entries: readonly T[],
): Promise<void> {
  const { default: Table } = await import('cli-table3');
  const paint = painter(io.stdout, io);
  const cells = entries.map((entry) => columns.map((column) => harmless(column.text(entry))));
  const widths = fittingWidths(columns, cells, io.stdout);
  const table = new Table({
    head: columns.map(({ title }) => paint('dim', title)),
    colWidths: widths.map((width, index) => width + (index === widths.length - 1 ? 0 : GAP)),
    chars: BARE,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const [index, entry] of entries.entries()) {
    table.push(
      columns.map((column, at) => {
        const text = cut(cells[index]![at]!, widths[at]!);
        return column.paint?.(entry, text, paint) ?? text;
      }),
    );
  }
  const lines = table.toString().split('\n');
  io.stdout.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
}

function fittingWidths<T>(columns: readonly Column<T>[], cells: readonly string[][], sink: Sink): number[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...cells.map((row) => row[at]!.length)),
  );
  if (sink.isTTY !== true || sink.columns === undefined) return widths;
  let excess = widths.reduce((sum, width) => sum + width + GAP, -GAP) - sink.columns;
  const order = columns.map((_, at) => at).filter((at) => columns[at]!.give > 0);
  for (const at of order.sort((a, b) => columns[b]!.give - columns[a]!.give)) {
    const given = Math.min(Math.max(0, excess), Math.max(0, widths[at]! - NARROWEST));
    widths[at]! -= given;
    excess -= given;
  }
  return widths;
}

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

/** cli-table3 without its lines. */
const BARE = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, '']),
);
