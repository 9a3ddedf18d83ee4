/** Machines that a canary can be made for, by Node's name of the architecture. */
export type CanaryMachine = 'x64' | 'arm64';

interface Machine {
  /** `e_machine` of the ELF header. */
  readonly id: number;
  /** Instructions that end the process with the status. */
  code(status: number): Buffer;
}

const MACHINES: Readonly<Record<CanaryMachine, Machine>> = {
  x64: {
    id: 62,
    // mov eax, 60 (exit); mov edi, status; syscall
    code: (status) => Buffer.from([0xb8, 60, 0, 0, 0, 0xbf, status, 0, 0, 0, 0x0f, 0x05]),
  },
  arm64: {
    id: 183,
    // movz x0, #status; movz x8, #93 (exit); svc #0
    code: (status) => {
      const bytes = Buffer.alloc(12);
      bytes.writeUInt32LE(0xd2800000 + status * 32, 0);
      bytes.writeUInt32LE(0xd2800ba8, 4);
      bytes.writeUInt32LE(0xd4000001, 8);
      return bytes;
    },
  },
};

const HEADER = 64;
const PROGRAM_HEADER = 56;
const CODE_AT = HEADER + 2 * PROGRAM_HEADER;
const BASE = 0x400000;
/** Largest page size in use (arm64); smaller ones divide it. */
const ALIGN = 0x10000;

export function isCanaryMachine(architecture: string): architecture is CanaryMachine {
  return architecture in MACHINES;
}

/** Instructions that end the process with the status. */
export const codeOf = (machine: CanaryMachine, status: number): Buffer => MACHINES[machine].code(status);

/**
 * A whole static ELF executable of about 200 bytes that does nothing but end with `status` (0 to 255). `nonce` stands
 * behind the code and makes the file's digest its own. It declares a stack that is not executable, since enforcers
 * take a file without that for a malformed one and refuse it for another reason than the one to be proven.
 */
export function canaryElf(machine: CanaryMachine, status: number, nonce: Uint8Array): Buffer {
  const tail = Buffer.concat([codeOf(machine, status), nonce]);
  const size = CODE_AT + tail.length;
  const head = Buffer.alloc(CODE_AT);
  elfHeader(head, { machine, type: 2, entry: BASE + CODE_AT, segments: 2 });
  programHeader(head, HEADER, { type: 1, flags: 5, offset: 0, address: BASE, size, align: ALIGN });
  programHeader(head, HEADER + PROGRAM_HEADER, {
    type: 0x6474e551,
    flags: 6,
    offset: 0,
    address: 0,
    size: 0,
    align: 16,
  });
  return Buffer.concat([head, tail]);
}

interface Header {
  readonly machine: CanaryMachine;
  /** 2 for an executable, 3 for a shared object. */
  readonly type: number;
  readonly entry: number;
  readonly segments: number;
}

/** Writes the header that every ELF file begins with. */
export function elfHeader(head: Buffer, { machine, type, entry, segments }: Header): void {
  // Magic, 64 bit, little endian, version 1, System V.
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  head.writeUInt16LE(type, 16);
  head.writeUInt16LE(MACHINES[machine].id, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(entry), 24);
  head.writeBigUInt64LE(BigInt(HEADER), 32);
  head.writeUInt16LE(HEADER, 52);
  head.writeUInt16LE(PROGRAM_HEADER, 54);
  head.writeUInt16LE(segments, 56);
  // Section headers: none, but their size is told, since zero looks malformed.
  head.writeUInt16LE(64, 58);
}

type Segment = Record<'type' | 'flags' | 'offset' | 'address' | 'size' | 'align', number>;

export function programHeader(
  head: Buffer,
  at: number,
  { type, flags, offset, address, size, align }: Segment,
): void {
  head.writeUInt32LE(type, at);
  head.writeUInt32LE(flags, at + 4);
  head.writeBigUInt64LE(BigInt(offset), at + 8);
  head.writeBigUInt64LE(BigInt(address), at + 16);
  head.writeBigUInt64LE(BigInt(address), at + 24);
  head.writeBigUInt64LE(BigInt(size), at + 32);
  head.writeBigUInt64LE(BigInt(size), at + 40);
  head.writeBigUInt64LE(BigInt(align), at + 48);
}
