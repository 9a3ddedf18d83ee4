import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Clock } from './clock.ts';

/** A point of time that nobody can set: how long the device has been up, and in which of its lives. */
export interface Uptime {
  /**
   * Changes with each boot. Where it does not, less is counted than has passed and never more: what a device was up
   * after a boot is no longer than what has passed since anything before it.
   */
  readonly boot: string;
  /** Milliseconds since the boot, time asleep included; only differences within one boot mean something. */
  readonly milliseconds: number;
}

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** The device's own uptime; Node takes it from /proc/uptime, in hundredths of a second. */
export function systemUptime(): () => Uptime {
  const boot = bootId();
  return () => ({ boot, milliseconds: uptime() * 1000 });
}

/** For a device that is no more than this process, such as a simulated one. */
export function processUptime(clock: Clock): () => Uptime {
  return () => ({ boot: 'process', milliseconds: clock.now() });
}

function bootId(): string {
  try {
    return readFileSync(BOOT_ID, 'utf8').trim();
  } catch {
    return 'unnamed';
  }
}
