import { type CanaryMachine, codeOf, elfHeader, programHeader } from './elf.ts';

const HEADERS = 64 + 5 * 56;
/** Largest page size in use; code and data lie a page apart, since a page that is both looks malformed to enforcers. */
const PAGE = 0x10000;

const DYNAMIC = {
  end: 0,
  stringTable: 5,
  symbolTable: 6,
  stringSize: 10,
  symbolSize: 11,
  start: 12,
} as const;

/**
 * A whole shared object whose start routine ends the process that loads it with `status`. `nonce` makes its digest its
 * own. With a `loader` it names that path, as an executable does: enforcers that tell a library by the lack of one take
 * it for an executable, while the loader takes it for a library all the same.
 */
export function canarySharedObject(
  machine: CanaryMachine,
  status: number,
  nonce: Uint8Array,
  loader: string | null,
): Buffer {
  const code = codeOf(machine, status);
  const named = Buffer.from(`${loader ?? ''}\0`);
  const namedAt = HEADERS + code.length;
  const text = Buffer.concat([Buffer.alloc(HEADERS), code, named, nonce]);
  const dataAt = Math.ceil(text.length / 16) * 16;
  const address = PAGE + dataAt;
  const strings = Buffer.from('\0');
  const entries = dynamicEntries(address, strings.length);
  const data = Buffer.concat([entries, Buffer.alloc(24), strings]);

  elfHeader(text, { machine, type: 3, entry: HEADERS, segments: loader === null ? 4 : 5 });
  const segment = (index: number, type: number, flags: number, at: number, size: number, where = at) =>
    programHeader(text, 64 + index * 56, { type, flags, offset: at, address: where, size, align: PAGE });
  segment(0, 1, 5, 0, text.length);
  segment(1, 1, 6, dataAt, data.length, address);
  segment(2, 2, 6, dataAt, entries.length, address);
  segment(3, 0x6474e551, 6, 0, 0);
  if (loader !== null) segment(4, 3, 4, namedAt, named.length);
  return Buffer.concat([text, Buffer.alloc(dataAt - text.length), data]);
}

/** The table by which the loader finds everything: an empty symbol table, and the routine to start with. */
function dynamicEntries(address: number, stringSize: number): Buffer {
  const length = 6 * 16;
  const rows: readonly (readonly [tag: number, value: number])[] = [
    [DYNAMIC.stringTable, address + length + 24],
    [DYNAMIC.symbolTable, address + length],
    [DYNAMIC.stringSize, stringSize],
    [DYNAMIC.symbolSize, 24],
    [DYNAMIC.start, HEADERS],
    [DYNAMIC.end, 0],
  ];
  const table = Buffer.alloc(length);
  for (const [index, [tag, value]] of rows.entries()) {
    table.writeBigUInt64LE(BigInt(tag), index * 16);
    table.writeBigUInt64LE(BigInt(value), index * 16 + 8);
  }
  return table;
}
