/**
 * Runs inside a {@link FapolicydWorld} and carries out calls of the driver as it is told: one JSON {@link Order} per
 * line in, one JSON {@link Answer} per line out. With `dieAt` it is killed the moment the driver passes that step. With
 * an argument it is the dead-man of that trial.
 */
import { createInterface } from 'node:readline';
import type { CanaryResult } from '../../src/agent/canary/canary.ts';
import { type Context, createContext } from '../../src/agent/drivers/fapolicyd/context.ts';
import { createFapolicydDriver } from '../../src/agent/drivers/fapolicyd/driver.ts';
import type { FapolicydOptions } from '../../src/agent/drivers/fapolicyd/options.ts';
import { surroundingsOf } from '../../src/agent/drivers/fapolicyd/places.ts';
import type { FapolicydStep } from '../../src/agent/drivers/fapolicyd/steps.ts';
import type { WantedMode } from '../../src/contract/device.ts';
import { worldOptions } from './fapolicyd-inside.ts';

export interface Order {
  readonly call:
    | 'apply'
    | 'verify'
    | 'confirm'
    | 'ended'
    | 'observe'
    | 'undo'
    | 'recover'
    | 'version'
    | 'measure';
  readonly mode?: WantedMode;
  /** Order that a first restriction is tried out for; absent: none, so that no dead-man watches. */
  readonly trial?: string | null;
  readonly dieAt?: FapolicydStep;
  /** Step at which it is stopped, as if what it does never returned. */
  readonly hangAt?: FapolicydStep;
  /** Least count of trusted files, to see a short list refused. */
  readonly minimum?: number;
  readonly leftOpen?: Partial<FapolicydOptions>;
}

/** What a canary saw, whatever the driver thinks of it. */
export interface Measured {
  readonly result: CanaryResult;
  readonly unwatched: readonly string[];
  /** Of the kernel. */
  readonly release: string;
}

export type Answer = { readonly result: unknown } | { readonly error: string };

if (import.meta.main && process.argv[2] !== undefined) {
  await createFapolicydDriver(worldOptions()).trials!.guard(process.argv[2]);
} else if (import.meta.main) {
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await carryOut(JSON.parse(line) as Order);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

async function carryOut(order: Order): Promise<Answer> {
  const { call, mode = 'restricted', trial = null, dieAt, hangAt, minimum, leftOpen } = order;
  const options = { ...worldOptions(), ...leftOpen };
  const driver = createFapolicydDriver({
    ...options,
    trust: { ...options.trust, minimum: minimum ?? options.trust.minimum },
    onStep: (step) => {
      if (step === dieAt) process.kill(process.pid, 'SIGKILL');
      if (step === hangAt) process.kill(process.pid, 'SIGSTOP');
    },
  });
  try {
    if (call === 'measure') return { result: await measure(createContext(options)) };
    if (call === 'apply') return { result: await driver.apply(mode, trial) };
    if (call === 'verify') return { result: await driver.verify(mode) };
    if (call === 'confirm') return { result: await driver.trials!.confirm() };
    if (call === 'ended') return { result: await driver.trials!.ended(trial ?? '') };
    if (call === 'recover') return { result: await driver.trials!.recover(null) };
    return { result: await driver[call]() };
  } catch (thrown) {
    return { error: String((thrown as Error).stack) };
  }
}

async function measure(context: Context): Promise<Measured> {
  const { places, unwatched } = await surroundingsOf(context);
  return {
    result: await context.canary(places),
    unwatched: [...unwatched],
    release: context.kernel.release(),
  };
}
