import type {
  Applied,
  Confirmed,
  Observation,
  Recovery,
  Verification,
} from '../../src/agent/drivers/driver.ts';
import type { FapolicydStep } from '../../src/agent/drivers/fapolicyd/steps.ts';
import type { WantedMode } from '../../src/contract/device.ts';
import type { Answer, Measured, Order } from './fapolicyd-puppet.ts';
import type { FapolicydWorld } from './fapolicyd-world.ts';

/** Calls the driver inside a world, each time from a fresh process, as after a restart of the agent. */
export interface PuppetMaster {
  apply(mode: WantedMode, more?: Partial<Order>): Promise<Applied>;
  verify(mode: WantedMode, more?: Partial<Order>): Promise<Verification>;
  measure(more?: Partial<Order>): Promise<Measured>;
  confirm(): Promise<Confirmed>;
  recover(): Promise<Recovery>;
  ended(order: string): Promise<string | null>;
  observe(): Promise<Observation>;
  undo(): Promise<boolean>;
  version(): Promise<string | null>;
  /** Kills every puppet in the world, a dead-man too. */
  killAll(): Promise<void>;
  /** Applies the mode in a process that is stopped at the step, as if it hung there, until it is ended. */
  hangAt(step: FapolicydStep, mode: WantedMode, more?: Partial<Order>): { end(): Promise<void> };
  /** Does it in a process that is killed the moment it passes the step. @throws Error when it was not */
  dieAt(step: FapolicydStep, order: WantedMode | 'confirm', more?: Partial<Order>): Promise<void>;
}

export function puppetMaster(world: FapolicydWorld): PuppetMaster {
  const program = [world.inside.node, world.inside.puppet];
  const send = (order: Order) => world.run(program, { input: `${JSON.stringify(order)}\n`, timeout: 60_000 });
  const ask = async <T>(order: Order): Promise<T> => {
    const ended = await send(order);
    if (ended.status !== 0) throw new Error(`The puppet ended: ${JSON.stringify(ended)}`);
    const answer = JSON.parse(ended.stdout) as Answer;
    if ('error' in answer) throw new Error(answer.error);
    return answer.result as T;
  };
  const killAll = async () => {
    const puppets = 'for f in $(grep -l [f]apolicyd-puppet /proc/[0-9]*/cmdline)';
    await world.run(['/usr/bin/sh', '-c', `${puppets}; do p=\${f#/proc/}; kill -9 \${p%/cmdline}; done`]);
  };
  return {
    killAll,
    apply: (mode, more = {}) => ask({ ...more, call: 'apply', mode }),
    verify: (mode, more = {}) => ask({ ...more, call: 'verify', mode }),
    measure: (more = {}) => ask({ ...more, call: 'measure' }),
    confirm: () => ask({ call: 'confirm' }),
    recover: () => ask({ call: 'recover' }),
    ended: (trial) => ask({ call: 'ended', trial }),
    observe: () => ask({ call: 'observe' }),
    undo: () => ask({ call: 'undo' }),
    version: () => ask({ call: 'version' }),
    hangAt(step, mode, more = {}) {
      const order: Order = { ...more, call: 'apply', mode, hangAt: step };
      const child = world.spawnInside(program);
      child.stdin!.end(`${JSON.stringify(order)}\n`);
      return {
        async end() {
          await killAll();
          child.kill('SIGKILL');
        },
      };
    },
    async dieAt(step, order, more = {}) {
      const what: Order = order === 'confirm' ? { call: order } : { call: 'apply', mode: order };
      const { stdout, stderr } = await send({ ...more, ...what, dieAt: step });
      if (stdout !== '') throw new Error(`The puppet lived through ${step}: ${stdout} ${stderr}`);
    },
  };
}
