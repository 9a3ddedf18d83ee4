import type { Mode, Readiness } from '../contract/device.ts';
import { AgentError } from './error.ts';
import { readIdentity } from './identity.ts';
import { readLedger } from './ledger.ts';
import { isLocked } from './lock.ts';
import { ownVerb } from './own-name.ts';
import { readPrepared } from './preparation.ts';
import { timeLeft } from './release-timer.ts';
import { EMPTY_STATE } from './state.ts';
import { systemUptime } from './uptime.ts';

/** How a device stands, by its own memory. Holds no secret. */
export interface AgentStatus {
  readonly machineId: string;
  readonly tenantId: string;
  readonly server: string;
  /** The server's pinned public key. */
  readonly serverKey: string;
  readonly driver: string;
  /** True while an agent runs on the directory. */
  readonly running: boolean;
  readonly controls: readonly {
    readonly control: string;
    readonly wanted: Mode;
    readonly generation: number;
    readonly action: string | null;
    /** `seen`, `accepted` or `done`, as in the ledger. */
    readonly phase: string;
    readonly observed: Mode;
    /** Whether the mode that is wanted was verified; null where none is, so that there is nothing to prove. */
    readonly proven: boolean | null;
    readonly reason: string | null;
    /** When the server wants the restriction to end, by its clock; null where only a newer order ends it. */
    readonly releaseAt: string | null;
    /** Seconds until the device ends it by itself, by its own count. */
    readonly releaseInSeconds: number | null;
    /** True when the device has ended it by itself, and no newer order of the server has come. */
    readonly releasedByItself: boolean;
  }[];
  /** Whether a restriction could be put in force without delay; null where nothing has to be prepared. */
  readonly readiness: Readiness | null;
  /** Reports that the server has not confirmed. */
  readonly reportsWaiting: number;
}

/** The proof of it is that nothing was to be done, which nobody should take for a tried release. */
const NOTHING_WANTED = {
  proven: null,
  reason: 'Nothing is wanted of this control: it is as its owner has it, and there is nothing to prove.',
} as const;

/**
 * Reads how the device of a state directory stands, whether its agent runs or not.
 * @throws AgentError `configuration` when the device is not enrolled, `ledger` when its memory cannot be read
 */
export async function readStatus(directory: string): Promise<AgentStatus> {
  const now = systemUptime()();
  const identity = await readIdentity(directory);
  if (identity === null) {
    throw new AgentError('configuration', `No device is enrolled in ${directory}; see ${ownVerb('enrol')}.`);
  }
  const ledger = await readLedger(directory);
  if (ledger === 'damaged') throw new AgentError('ledger', `The ledger in ${directory} is damaged.`);
  const prepared = await readPrepared(directory);
  const { controls, reports } = ledger ?? EMPTY_STATE;
  return {
    machineId: identity.machineId,
    tenantId: identity.tenantId,
    server: identity.serverUrl,
    serverKey: identity.serverKey,
    driver: identity.driver,
    running: isLocked(directory),
    controls: controls.map(({ control, desired, phase, observed, proven, reason, release, released }) => ({
      control,
      wanted: desired.mode,
      generation: desired.generation,
      action: desired.actionId,
      phase,
      observed,
      ...(desired.mode === 'unmanaged' && proven ? NOTHING_WANTED : { proven, reason }),
      releaseAt: release?.at ?? null,
      releaseInSeconds: release === undefined ? null : Math.ceil(timeLeft(release, now) / 1000),
      releasedByItself: released ?? false,
    })),
    readiness: prepared === null ? null : { state: prepared.state, detail: prepared.detail },
    reportsWaiting: reports.length,
  };
}
