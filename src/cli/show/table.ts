import type { Io } from '../io.ts';
import { harmless, type Paint, painter } from './style.ts';

export interface Column<T> {
  readonly title: string;
  readonly text: (entry: T) => string;
  readonly paint?: (entry: T, text: string, paint: Paint) => string;
  /**
   * On a terminal that is too narrow columns are cut, and then left out, from the one with the highest number down;
   * 0 is always whole.
   */
  readonly give: number;
  /** Characters below which the column is not cut; 8 when left out. */
  readonly least?: number;
}

const GAP = 2;
const LEAST = 8;

/** Writes a table; on a terminal it fits the width, elsewhere every cell is whole. */
export async function writeTable<T>(
  io: Io,
  columns: readonly Column<T>[],
  entries: readonly T[],
): Promise<void> {
  const { default: Table } = await import('cli-table3');
  const paint = painter(io.stdout, io);
  const fitted = fit(
    columns.map((column) => measured(column, entries)),
    io.stdout.isTTY === true ? (io.stdout.columns ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY,
  );
  const table = new Table({
    head: fitted.map(({ column, width }) => paint('dim', cut(column.title, width))),
    colWidths: fitted.map(({ width }, at) => width + (at === fitted.length - 1 ? 0 : GAP)),
    chars: BARE,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const [index, entry] of entries.entries()) {
    table.push(
      fitted.map(({ column, cells, width }) => {
        const text = cut(cells[index]!, width);
        return column.paint?.(entry, text, paint) ?? text;
      }),
    );
  }
  const lines = table.toString().split('\n');
  io.stdout.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
}

interface Measured<T> {
  readonly column: Column<T>;
  readonly cells: readonly string[];
  readonly width: number;
}

function measured<T>(column: Column<T>, entries: readonly T[]): Measured<T> {
  const cells = entries.map((entry) => harmless(column.text(entry)));
  const width = cells.reduce((widest, cell) => Math.max(widest, cell.length), column.title.length);
  return { column, cells, width };
}

/** Cuts every column that gives to its least, and leaves out the one that gives most when that is not enough. */
function fit<T>(columns: readonly Measured<T>[], width: number): readonly Measured<T>[] {
  let excess = columns.reduce((sum, column) => sum + column.width + GAP, -GAP) - width;
  if (excess <= 0) return columns;
  const giving = columns
    .filter(({ column }) => column.give > 0)
    .sort((a, b) => b.column.give - a.column.give);
  const widths = new Map<Measured<T>, number>();
  for (const one of giving) {
    const given = Math.min(Math.max(0, excess), Math.max(0, one.width - (one.column.least ?? LEAST)));
    widths.set(one, one.width - given);
    excess -= given;
  }
  if (excess > 0 && giving[0] !== undefined)
    return fit(
      columns.filter((one) => one !== giving[0]),
      width,
    );
  return columns.map((one) => ({ ...one, width: widths.get(one) ?? one.width }));
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
