import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Nonces of the exchange. Each says by itself until when it serves and for which machine, under a secret that all
 * processes of an installation share, so that issuing one stores nothing. What was used is remembered until it
 * expires; a replay at another process is harmless all the same, since reports carry a sequence.
 */
export interface Nonces {
  issue(machineId: string): string;
  /** True once for each nonce that was issued to the machine and has not expired. */
  use(nonce: string, machineId: string): boolean;
}

/** Longer than the longest poll (55 s), so that the nonce of an answer serves the next exchange after a pause. */
const LIFETIME_MILLISECONDS = 5 * 60_000;
const TEXT = /^[A-Za-z0-9_-]{43}$/;
/** Random bytes of a nonce, and of how many they are drawn at once: a draw is a call of the system. */
const RANDOM_BYTES = 8;
const DRAWN = 512;

export function createNonces(options: {
  readonly secret: Buffer;
  readonly milliseconds: () => number;
  /** `size` random bytes. */
  readonly random: (size: number) => Buffer;
}): Nonces {
  let present = new Set<string>();
  let before = new Set<string>();
  let turnedAt = options.milliseconds();
  let drawn: Buffer = Buffer.alloc(0);
  let left = 0;

  const random = (): Buffer => {
    if (left === 0) {
      drawn = options.random(RANDOM_BYTES * DRAWN);
      left = DRAWN;
    }
    left -= 1;
    return drawn.subarray(left * RANDOM_BYTES, (left + 1) * RANDOM_BYTES);
  };

  const tag = (head: Buffer, machineId: string) =>
    createHmac('sha256', options.secret).update(head).update(machineId).digest().subarray(0, 16);

  const turn = (now: number) => {
    if (now - turnedAt < LIFETIME_MILLISECONDS) return;
    before = now - turnedAt < 2 * LIFETIME_MILLISECONDS ? present : new Set();
    present = new Set();
    turnedAt = now;
  };

  return {
    issue(machineId) {
      const head = Buffer.alloc(16);
      head.writeBigUInt64BE(BigInt(options.milliseconds() + LIFETIME_MILLISECONDS));
      random().copy(head, 8);
      return Buffer.concat([head, tag(head, machineId)]).toString('base64url');
    },
    use(nonce, machineId) {
      if (!TEXT.test(nonce)) return false;
      const bytes = Buffer.from(nonce, 'base64url');
      const head = bytes.subarray(0, 16);
      if (!timingSafeEqual(bytes.subarray(16), tag(head, machineId))) return false;
      const now = options.milliseconds();
      if (Number(head.readBigUInt64BE()) < now) return false;
      turn(now);
      if (present.has(nonce) || before.has(nonce)) return false;
      present.add(nonce);
      return true;
    },
  };
}
