import { rm } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import { argumentsOf, type ProcessIdentity, processOf, signal } from './daemon-process.ts';
import { describeFailure, type Execute } from './exec.ts';
import { until } from './until.ts';

/** A daemon that writes a pid file and puts itself into the background. */
export interface Service {
  /** Unit name for systemd. */
  readonly unit: string;
  readonly binary: string;
  readonly pidFile: string;
  /** Milliseconds after which a daemon that was asked to end is killed. */
  readonly stopGrace: number;
}

/** Whether a service starts at boot; a masked one cannot be started at all. */
export type BootState = 'enabled' | 'disabled' | 'masked';

export interface ServiceState {
  /** Null when it does not run. */
  readonly process: ProcessIdentity | null;
  /** Null where nobody starts services at boot. */
  readonly enabled: BootState | null;
  /** Arguments it was started with. */
  readonly args: readonly string[];
}

/** Starts and stops one daemon. Each method returns null when it worked, else one sentence for a person. */
export interface ServiceControl {
  readonly kind: ServiceControlKind;
  state(): Promise<ServiceState>;
  /**
   * Returns when the process is there, which may be before it is ready; never enables it at boot. One that was masked is
   * unmasked, since it could not be started otherwise. `args` are used where there is no unit file.
   */
  start(args: readonly string[]): Promise<string | null>;
  /** `urgent` kills at once, which a daemon that asks the kernel for permission events answers by letting all pass. */
  stop(urgent: boolean): Promise<string | null>;
  setEnabled(enabled: BootState): Promise<string | null>;
}

export type ServiceControlKind = 'systemd' | 'direct';
export type ServiceProgram = 'daemon' | 'systemctl';

interface Tools {
  readonly service: Service;
  readonly execute: Execute<ServiceProgram>;
  readonly clock: Clock;
}

/** Milliseconds for a daemon to write its pid file. */
const APPEAR = 10_000;
const EVERY = 10;

/** Who starts daemons here: an init system, or, in containers and CI, the agent itself. */
export const SERVICE_CONTROLS: Readonly<Record<ServiceControlKind, (tools: Tools) => ServiceControl>> = {
  systemd: (tools) => {
    const { service, execute } = tools;
    const systemctl = async (...args: string[]) => {
      const result = await execute('systemctl', args, { timeout: 120_000 });
      return result.status === 0 ? null : `systemctl ${args.join(' ')} failed (${describeFailure(result)}).`;
    };
    return {
      kind: 'systemd',
      state: async () => {
        const { stdout } = await execute('systemctl', ['is-enabled', service.unit]);
        return stateWith(service, bootStateOf(stdout));
      },
      start: async () => {
        const { stdout } = await execute('systemctl', ['is-enabled', service.unit]);
        const unmasked = bootStateOf(stdout) === 'masked' ? await systemctl('unmask', service.unit) : null;
        return unmasked ?? (await systemctl('start', service.unit)) ?? (await appeared(tools));
      },
      stop: async (urgent) => {
        if (!urgent) return (await systemctl('stop', service.unit)) ?? vanished(tools);
        // The stop job comes first, or the unit's own Restart= would start it again. Where even systemctl is refused,
        // the kill makes it run.
        await systemctl('stop', '--no-block', service.unit);
        await killed(tools, 'SIGKILL');
        const reason = (await systemctl('stop', service.unit)) ?? (await vanished(tools));
        // Or the unit stays failed, and the system reads degraded, though nothing went wrong.
        if (reason === null) await systemctl('reset-failed', service.unit);
        return reason;
      },
      setEnabled: async (enabled) => {
        if (enabled === 'masked') return systemctl('mask', service.unit);
        return systemctl(enabled === 'enabled' ? 'enable' : 'disable', service.unit);
      },
    };
  },
  direct: (tools) => {
    const { service, execute } = tools;
    return {
      kind: 'direct',
      state: () => stateWith(service, null),
      start: async (args) => {
        if ((await processOf(service.pidFile, service.binary)) !== null) return null;
        // One that was killed leaves its pid file, and fapolicyd refuses to start beside it as long as its parent has
        // not taken note of the death.
        await rm(service.pidFile, { force: true });
        const result = await execute('daemon', args, { timeout: APPEAR });
        if (result.status !== 0)
          return `${service.binary} could not be started (${describeFailure(result)}).`;
        return appeared(tools);
      },
      stop: async (urgent) => {
        await killed(tools, urgent ? 'SIGKILL' : 'SIGTERM');
        const reason = await vanished(tools);
        // Or the owner, too, might not be able to start it.
        if (reason === null) await rm(service.pidFile, { force: true });
        return reason;
      },
      setEnabled: async () => null,
    };
  },
};

/** What `systemctl is-enabled` prints; its many other words (static, linked, …) mean that nothing starts it at boot. */
function bootStateOf(said: string): BootState {
  const word = said.trim();
  if (word === 'enabled' || word === 'enabled-runtime' || word === 'alias') return 'enabled';
  return word === 'masked' || word === 'masked-runtime' ? 'masked' : 'disabled';
}

async function stateWith(service: Service, enabled: BootState | null): Promise<ServiceState> {
  const found = await processOf(service.pidFile, service.binary);
  return { process: found, enabled, args: found === null ? [] : await argumentsOf(found.pid) };
}

async function appeared({ service, clock }: Tools): Promise<string | null> {
  const found = await until(clock, () => processOf(service.pidFile, service.binary), {
    timeout: APPEAR,
    every: EVERY,
  });
  return found === null ? `${service.binary} was started but does not run.` : null;
}

/** Null when it is gone; a daemon that does not end in its time is killed. */
async function vanished(tools: Tools): Promise<string | null> {
  const { service, clock } = tools;
  const gone = async () => ((await processOf(service.pidFile, service.binary)) === null ? true : null);
  if (await until(clock, gone, { timeout: service.stopGrace, every: EVERY })) return null;
  await killed(tools, 'SIGKILL');
  if (await until(clock, gone, { timeout: APPEAR, every: EVERY })) return null;
  return `${service.binary} could not be stopped.`;
}

async function killed({ service }: Tools, name: NodeJS.Signals): Promise<void> {
  const found = await processOf(service.pidFile, service.binary);
  if (found !== null) signal(found.pid, name);
}
