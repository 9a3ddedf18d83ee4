/** Callers that restrict, release and cancel, and repeat what was not answered under the same key. */
import type { WantedMode } from '../../../src/contract/control.ts';
import { type Client, ClientError } from '../../../src/sdk/index.ts';
import type { Accepted } from './history.ts';

export interface LoadOptions {
  /** The clients of all servers; each call goes to one of them. */
  readonly apis: readonly Client[];
  readonly machineIds: readonly string[];
  readonly requests: number;
  readonly callers: number;
  readonly random: () => number;
  /** Begins every key of this load. */
  readonly name: string;
}

export interface Answered {
  readonly accepted: readonly Accepted[];
  readonly cancelled: readonly string[];
}

/** One request of the plan, drawn before anything is sent, so that a seed gives the same whatever the answers are. */
interface Planned {
  readonly key: string;
  readonly machineId: string;
  readonly mode: WantedMode;
  readonly repeated: boolean;
  readonly cancelled: boolean;
  /** Milliseconds before it is sent. */
  readonly pause: number;
  /** Numbers in [0, 1) that choose the server of each try. */
  readonly turns: readonly number[];
}

const REPEATED = 0.2;
const CANCELLED = 0.2;
/** Milliseconds. */
const LONGEST_PAUSE = 400;
const BETWEEN_TRIES = 60;
/** Milliseconds; longer than a process is ever paused. */
const PATIENCE = 180_000;
const VERBS = { restricted: 'restrict', unrestricted: 'unrestrict' } as const;

/** Sends all of it and resolves when every request has its answer. @throws Error when one gets none for three minutes */
export async function applyLoad(options: LoadOptions): Promise<Answered> {
  const accepted: Accepted[] = [];
  const cancelled: string[] = [];
  const waiting = plan(options);
  const caller = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await moment(next.pause);
      await request(options, next, accepted, cancelled);
    }
  };
  await Promise.all(Array.from({ length: options.callers }, caller));
  return { accepted, cancelled };
}

function plan({ machineIds, requests, random, name }: LoadOptions): Planned[] {
  return Array.from({ length: requests }, (_, index) => ({
    key: `${name}-${index}`,
    machineId: machineIds[Math.floor(random() * machineIds.length)]!,
    mode: random() < 0.5 ? 'restricted' : 'unrestricted',
    repeated: random() < REPEATED,
    cancelled: random() < CANCELLED,
    pause: random() * LONGEST_PAUSE,
    turns: [random(), random(), random()],
  }));
}

async function request(
  { apis }: LoadOptions,
  { key, machineId, mode, repeated, cancelled: cancels, turns }: Planned,
  accepted: Accepted[],
  cancelled: string[],
): Promise<void> {
  let turn = 0;
  const api = () => apis[Math.floor(turns[turn++ % turns.length]! * apis.length)]!;
  const submit = async () => {
    const action = await answer(() => api()[VERBS[mode]](machineId, { comment: key, idempotencyKey: key }));
    if (action !== null) accepted.push({ actionId: action.id, machineId: action.machineId, mode, key });
    return action;
  };
  const action = await submit();
  if (action === null) return;
  if (cancels) {
    const ended = await answer(() => api().cancel(action.id, key));
    if (ended !== null) cancelled.push(ended.id);
  }
  if (repeated && (await submit()) === null) throw new Error(`The key ${key} was refused the second time.`);
}

/** Asks until there is an answer: null for a refusal of the domain, which changed nothing. */
async function answer<T>(ask: () => Promise<T>): Promise<T | null> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (error.status === 400) return null;
      const open = error.status === null || error.status === 401 || error.status >= 500;
      if (!open || performance.now() > end) throw error;
      await moment(BETWEEN_TRIES);
    }
  }
}

/** Resolves after the milliseconds. */
export function moment(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
