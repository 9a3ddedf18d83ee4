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

/**
 * A whole static ELF executable of about 200 bytes that does nothing but end with `status` (0 to 255). `nonce` stands
 * behind the code and makes the file's digest its own. It declares a stack that is not executable, since enforcers
 * take a file without that for a malformed one and refuse it for another reason than the one to be proven.
 */
export function canaryElf(machine: CanaryMachine, status: number, nonce: Uint8Array): Buffer {
  const { id, code } = MACHINES[machine];
  const tail = Buffer.concat([code(status), nonce]);
  const size = CODE_AT + tail.length;
  const head = Buffer.alloc(CODE_AT);
  // Magic, 64 bit, little endian, version 1, System V.
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(id, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(BASE + CODE_AT), 24);
  head.writeBigUInt64LE(BigInt(HEADER), 32);
  head.writeUInt16LE(HEADER, 52);
  head.writeUInt16LE(PROGRAM_HEADER, 54);
  head.writeUInt16LE(2, 56);
  // Section headers: none, but their size is told, since zero looks malformed.
  head.writeUInt16LE(64, 58);
  programHeader(head, HEADER, { type: 1, flags: 5, address: BASE, size, align: ALIGN });
  programHeader(head, HEADER + PROGRAM_HEADER, {
    type: 0x6474e551,
    flags: 6,
    address: 0,
    size: 0,
    align: 16,
  });
  return Buffer.concat([head, tail]);
}

function programHeader(
  head: Buffer,
  at: number,
  { type, flags, address, size, align }: Record<'type' | 'flags' | 'address' | 'size' | 'align', number>,
): void {
  head.writeUInt32LE(type, at);
  head.writeUInt32LE(flags, at + 4);
  head.writeBigUInt64LE(BigInt(address), at + 16);
  head.writeBigUInt64LE(BigInt(address), at + 24);
  head.writeBigUInt64LE(BigInt(size), at + 32);
  head.writeBigUInt64LE(BigInt(size), at + 40);
  head.writeBigUInt64LE(BigInt(align), at + 48);
}
