import type { Control, WantedMode } from '../../contract/device.ts';
import type { Driver } from './driver.ts';

/** What the observing driver needs to know of the driver it stands for. */
export type ObservedDriver = Pick<Driver, 'name' | 'control' | 'version'>;

const WOULD: Readonly<Record<Control, Readonly<Record<WantedMode, readonly string[]>>>> = {
  codeExecution: {
    restricted: [
      'would record what the owner has: rules, configuration, trusted files, whether the enforcer runs',
      'would trust the agent’s own files and every program, library and script of the installed packages',
      'would write rules by which only trusted files execute, and start the enforcer with them',
      'would forbid new user namespaces and programs in memory, and the opening of untrusted programs, unless left open',
      'would try an untrusted program by every way that is known, which must be refused, and a trusted one',
    ],
    unrestricted: [
      'would stop the enforcer and restore what the owner had before the restriction, the kernel’s settings too',
      'would try an untrusted program as another user and as root, which must run again',
    ],
  },
};

const REASON =
  'This device only observes: it reports what it would do and changes nothing, so nothing is proven.';

/**
 * A driver for the first days of a fleet: it says what the real one would do, changes nothing, and therefore never
 * yields a proof.
 */
export function createObserveDriver(inner: ObservedDriver): Driver {
  const notes = (mode: WantedMode) => WOULD[inner.control][mode].map((line) => `${inner.name} ${line}.`);
  return {
    name: 'observe',
    control: inner.control,
    version: () => inner.version(),
    observe: async () => ({ mode: 'unmanaged', intact: true, detail: REASON }),
    apply: async (mode) => ({ ok: true, changed: false, took: {}, notes: notes(mode) }),
    verify: async () => ({
      proven: false,
      reason: REASON,
      evidence: {
        driver: 'observe',
        driverVersion: await inner.version(),
        checks: [],
        took: {},
        notes: [REASON],
      },
    }),
    undo: async () => true,
  };
}
