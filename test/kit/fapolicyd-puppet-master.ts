import type { Applied, Observation, Verification } from '../../src/agent/drivers/driver.ts';
import type { FapolicydStep } from '../../src/agent/drivers/fapolicyd/steps.ts';
import type { WantedMode } from '../../src/contract/device.ts';
import type { Answer, Measured, Order } from './fapolicyd-puppet.ts';
import type { FapolicydWorld } from './fapolicyd-world.ts';

/** Calls the driver inside a world, each time from a fresh process, as after a restart of the agent. */
export interface PuppetMaster {
  apply(mode: WantedMode, more?: Partial<Order>): Promise<Applied>;
  verify(mode: WantedMode, more?: Partial<Order>): Promise<Verification>;
  measure(more?: Partial<Order>): Promise<Measured>;
  observe(): Promise<Observation>;
  undo(): Promise<boolean>;
  version(): Promise<string | null>;
  /** Applies the mode in a process that is killed the moment it passes the step. @throws Error when it was not */
  dieAt(step: FapolicydStep, mode: WantedMode): Promise<void>;
}

export function puppetMaster(world: FapolicydWorld): PuppetMaster {
  const program = [world.inside.node, `${world.inside.project}/test/kit/fapolicyd-puppet.ts`];
  const send = (order: Order) => world.run(program, { input: `${JSON.stringify(order)}\n`, timeout: 60_000 });
  const ask = async <T>(order: Order): Promise<T> => {
    const ended = await send(order);
    if (ended.status !== 0) throw new Error(`The puppet ended: ${JSON.stringify(ended)}`);
    const answer = JSON.parse(ended.stdout) as Answer;
    if ('error' in answer) throw new Error(answer.error);
    return answer.result as T;
  };
  return {
    apply: (mode, more = {}) => ask({ ...more, call: 'apply', mode }),
    verify: (mode, more = {}) => ask({ ...more, call: 'verify', mode }),
    measure: (more = {}) => ask({ ...more, call: 'measure' }),
    observe: () => ask({ call: 'observe' }),
    undo: () => ask({ call: 'undo' }),
    version: () => ask({ call: 'version' }),
    async dieAt(step, mode) {
      const { stdout, stderr } = await send({ call: 'apply', mode, dieAt: step });
      if (stdout !== '') throw new Error(`The puppet lived through ${step}: ${stdout} ${stderr}`);
    },
  };
}
