import { type Client, ClientError } from '../sdk/index.ts';
import type { Device } from './device.ts';
import type { OwnedMachines } from './owned.ts';
import { until } from './pace.ts';
import type { PlannedAction } from './plan.ts';
import { createTally } from './tally.ts';

/** One action on its way. Moments are milliseconds of the monotonic clock, null while it has not happened. */
export interface Journey {
  readonly machineId: string;
  readonly askedAt: number;
  /** Null until the answer 201. */
  actionId: string | null;
  /** The server's own time of the action. */
  createdAt: string | null;
  answeredAt: number | null;
  deliveredAt: number | null;
  /** The action that the device was told of. */
  deliveredAction: string | null;
  provenAt: number | null;
  /** The outcome was reported, proven or not. */
  ended: boolean;
}

export interface Traffic {
  /** Asks for what is planned, at its time; resolves when the last is answered. An aborted signal ends it early. */
  ask(plan: readonly PlannedAction[], signal: AbortSignal): Promise<void>;
  /** Releases these devices, and resolves when all is answered. */
  release(devices: readonly Device[]): Promise<void>;
  /** Resolves when nothing is under way any more, or after the milliseconds. */
  settled(patience: number): Promise<void>;
  delivered(machineId: string, actionId: string | null): void;
  reported(machineId: string, proven: boolean): void;
  readonly journeys: readonly Journey[];
  /** Left out since the machine was not done. */
  busy(): number;
  /** Calls that failed, by code. */
  errors(): Readonly<Record<string, number>>;
}

const COMMENT = 'cordon load';

/** The responder: asks for actions of machines of this run, one at a time of each, and follows every one. */
export function createTraffic(
  api: Pick<Client, 'restrict' | 'unrestrict'>,
  devices: readonly Device[],
  owned: OwnedMachines,
): Traffic {
  const journeys: Journey[] = [];
  const current = new Map<string, Journey>();
  const errors = createTally();
  let busy = 0;
  let onChange: (() => void) | null = null;

  const finish = (journey: Journey) => {
    // Either may come first: the answer of the call, or the proof of a device that was quick.
    if (!journey.ended || journey.answeredAt === null) return;
    if (journey.deliveredAction !== journey.actionId) {
      // It was the proof of an action before, whose call had failed though the server had accepted it.
      Object.assign(journey, { deliveredAt: null, deliveredAction: null, provenAt: null, ended: false });
      return;
    }
    current.delete(journey.machineId);
    onChange?.();
  };

  const submit = async (device: Device, type: PlannedAction['type']): Promise<void> => {
    const { machineId } = device;
    owned.require(machineId);
    if (current.has(machineId)) {
      busy += 1;
      return;
    }
    const journey: Journey = {
      machineId,
      askedAt: performance.now(),
      actionId: null,
      createdAt: null,
      answeredAt: null,
      deliveredAt: null,
      deliveredAction: null,
      provenAt: null,
      ended: false,
    };
    current.set(machineId, journey);
    journeys.push(journey);
    try {
      const action = await api[type](machineId, { comment: COMMENT });
      journey.answeredAt = performance.now();
      journey.actionId = action.id;
      journey.createdAt = action.creationDateTimeUtc;
      finish(journey);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      errors.add(error.code);
      current.delete(machineId);
      onChange?.();
    }
  };

  return {
    journeys,
    busy: () => busy,
    errors: errors.all,
    async ask(plan, signal) {
      const begin = performance.now();
      const calls: Promise<void>[] = [];
      for (const { at, device, type } of plan) {
        await until(begin + at, signal).catch(() => undefined);
        if (signal.aborted) break;
        calls.push(submit(devices[device]!, type));
      }
      await Promise.all(calls);
    },
    async release(some) {
      await Promise.all(some.map((device) => submit(device, 'unrestrict')));
    },
    settled: (patience) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          onChange = null;
          resolve();
        };
        const timer = setTimeout(end, patience);
        onChange = () => {
          if (current.size === 0) end();
        };
        onChange();
      }),
    delivered(machineId, actionId) {
      const journey = current.get(machineId);
      if (journey === undefined) return;
      journey.deliveredAt = performance.now();
      journey.deliveredAction = actionId;
    },
    reported(machineId, proven) {
      const journey = current.get(machineId);
      if (journey === undefined) return;
      journey.ended = true;
      if (proven) journey.provenAt = performance.now();
      finish(journey);
    },
  };
}
