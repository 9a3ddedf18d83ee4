/** Composes the agent of a real device: the only place in the room that reads the clock, files and environment. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type {
  AgentDoctorOptions,
  AgentEnrolOptions,
  AgentInstallOptions,
  AgentRecoverOptions,
  AgentRunOptions,
  AgentStatusOptions,
  AgentTrustOptions,
  AgentUninstallOptions,
  DoctorReport,
} from '../contract/run-options.ts';
import { systemClock } from './clock.ts';
import type { Recovery } from './drivers/driver.ts';
import { FAPOLICYD_STEPS } from './drivers/fapolicyd/steps.ts';
import { loadDriver } from './drivers/load.ts';
import { enrol } from './enrol.ts';
import { AgentError, messageOf } from './error.ts';
import { linuxFacts } from './facts.ts';
import {
  pendingKey,
  prepareStateDirectory,
  readIdentity,
  type StoredIdentity,
  writeIdentity,
} from './identity.ts';
import type { InstallReport } from './install/install.ts';
import { openFileLedger } from './ledger.ts';
import { lockStateDirectory } from './lock.ts';
import { createLog } from './log.ts';
import { createAgent } from './loop.ts';
import { ownVerb } from './own-name.ts';
import { prepare, readPrepared } from './preparation.ts';
import { type AgentStatus, readStatus } from './status.ts';
import { STEPS } from './step.ts';
import { createTransport } from './transport.ts';
import { renewTrust, type TrustRenewal } from './trust.ts';
import { watchRequests } from './trust-request.ts';
import { systemUptime } from './uptime.ts';
import { AGENT_VERSION } from './version.ts';

export interface EnrolOptions extends AgentEnrolOptions {
  /** Allow plain HTTP to another host. */
  readonly insecureHttp?: boolean;
}

export interface RunOptions extends AgentRunOptions {
  /** Seconds that the server may hold an answer, 1 to 55. */
  readonly waitSeconds?: number;
  /** Seconds between two looks at a proven restriction. */
  readonly driftSeconds?: number;
}

/** How the device stands after an enrolment, and what the enrolment did. */
export interface Enrolled extends AgentStatus {
  /** `key replaced` for a machine that the server knew already; what was under way on it has ended as `Failed`. */
  readonly enrolment: 'new machine' | 'key replaced';
}

/**
 * Makes this device known to a server and keeps its identity. A device that is enrolled at this server already
 * replaces its key. Refused while an agent runs on the directory.
 * @throws AgentError
 */
export async function enrolAgent(
  options: EnrolOptions,
  signal: AbortSignal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Enrolled> {
  const { data, token, caFile, insecureHttp = false } = options;
  const serverUrl = options.url.replace(/\/+$/, '');
  await prepareStateDirectory(data);
  const unlock = lockStateDirectory(data);
  let enrolment: Enrolled['enrolment'] = 'new machine';
  try {
    const driver = await loadDriver(options.driver, { stateDirectory: data });
    const transport = createTransport({
      serverUrl,
      ca: await certificates(caFile),
      insecureHttp,
      proxyEnvironment: environment,
    });
    const before = await readIdentity(data);
    const key = await pendingKey(data);
    const answer = await enrol({
      transport,
      token,
      publicKey: key.publicKey,
      facts: await linuxFacts(AGENT_VERSION, [driver]),
      replaces: before?.serverUrl === serverUrl ? before : null,
      signal,
    }).finally(() => transport.close());
    const { machineId, tenantId, serverKey, epoch } = answer;
    if (before?.serverUrl === serverUrl && before.machineId === machineId) enrolment = 'key replaced';
    await writeIdentity(data, {
      version: 1,
      machineId,
      tenantId,
      serverUrl,
      serverKey,
      privateKey: key.privateKey,
      caFile: caFile === null ? null : resolve(caFile),
      insecureHttp,
      driver: driver.name,
      epoch,
    });
  } finally {
    unlock();
  }
  return { enrolment, ...(await readStatus(data)) };
}

/**
 * Runs the agent of an enrolled device until the signal aborts; a restriction stays in force then. One agent per
 * directory. Events go to standard error, one line of JSON each.
 * @throws AgentError `configuration`, `ledger` when it cannot start
 */
export async function runAgent(
  options: RunOptions,
  signal: AbortSignal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const { data } = options;
  const log = createLog(
    options.logLevel,
    () => new Date(),
    (line) => process.stderr.write(line),
  );
  const found = await readIdentity(data);
  if (found === null) {
    throw new AgentError('configuration', `No device is enrolled in ${data}; see ${ownVerb('enrol')}.`);
  }
  await prepareStateDirectory(data);
  let identity: StoredIdentity = found;
  const unlock = lockStateDirectory(data);
  try {
    const ledger = await openFileLedger(data, (path) =>
      log('error', 'ledger damaged and set aside', { path }),
    );
    const crash = crashSwitch(environment.CORDON_AGENT_CRASH_AT);
    const leftOpen = options.leftOpen === undefined ? {} : { leftOpen: options.leftOpen };
    const driver = await loadDriver(identity.driver, { stateDirectory: data, ...leftOpen, ...crash });
    const transport = createTransport({
      serverUrl: identity.serverUrl,
      ca: await certificates(identity.caFile),
      insecureHttp: identity.insecureHttp,
      proxyEnvironment: environment,
    });
    const agent = createAgent({
      identity,
      ledger,
      drivers: [driver],
      transport,
      uptime: systemUptime(),
      log,
      facts: async () => linuxFacts(AGENT_VERSION, [driver], await readPrepared(data)),
      onServerKey: async (serverKey) => {
        identity = { ...identity, serverKey };
        await writeIdentity(data, identity);
      },
      ...crash,
      ...(options.waitSeconds === undefined ? {} : { waitSeconds: options.waitSeconds }),
      ...(options.driftSeconds === undefined ? {} : { driftSeconds: options.driftSeconds }),
    });
    log('info', 'agent started', {
      machine: identity.machineId,
      server: identity.serverUrl,
      driver: driver.name,
    });
    const told = () => agent.tellFacts();
    const preparing = watchRequests(
      data,
      (id) =>
        prepare(driver, data, id, told).catch((error: unknown) =>
          log('error', 'preparing failed', { reason: messageOf(error) }),
        ),
      signal,
    );
    await agent.run(signal).finally(() => transport.close());
    await preparing;
    log('info', 'agent stopped');
  } finally {
    unlock();
  }
}

/** Installs the agent on this machine, or goes on where it was interrupted. @throws AgentError */
export async function agentInstall(
  options: AgentInstallOptions,
  signal: AbortSignal,
): Promise<InstallReport> {
  const { installOnThisMachine } = await import('./install/compose.ts');
  return installOnThisMachine(options, {
    enrol: (data) => {
      const { token } = options;
      if (token === null) {
        throw new AgentError(
          'configuration',
          'An enrolment token is needed: CORDON_ENROLMENT_TOKEN or --token.',
        );
      }
      return enrolAgent({ ...options, data, token }, signal);
    },
    prepare: (data) => agentTrust({ data, afterPackages: false }),
  });
}

/** Takes the agent off this machine. @throws AgentError */
export async function agentUninstall(options: AgentUninstallOptions): Promise<InstallReport> {
  return (await import('./install/compose.ts')).uninstallFromThisMachine(options);
}

/** Says what a restriction would do on this machine. Changes nothing. */
export async function agentDoctor(
  options: AgentDoctorOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<DoctorReport> {
  return (await import('./doctor/doctor.ts')).examine(options, environment);
}

/** Has the list of trusted files made anew. @throws AgentError */
export function agentTrust(options: AgentTrustOptions): Promise<TrustRenewal> {
  return renewTrust(options, { id: randomUUID(), clock: systemClock });
}

/** How the device of a directory stands. @throws AgentError when it is not enrolled */
export function agentStatus(options: AgentStatusOptions): Promise<AgentStatus> {
  return readStatus(options.data);
}

/**
 * Undoes a restriction that was never confirmed: at boot, or as the dead-man of a trial when its time is over. Idempotent;
 * asks no server, and works where the device's identity is lost.
 * @throws AgentError `configuration` when it could not be undone, with the reason
 */
export async function recoverAgent({ data, deadMan }: AgentRecoverOptions): Promise<Recovery> {
  const identity = await readIdentity(data).catch(() => null);
  const { trials } = await loadDriver(identity?.driver ?? 'auto', { stateDirectory: data });
  if (trials === undefined) return { outcome: 'nothing', detail: 'This device tries no restriction out.' };
  const recovery = await (deadMan === null ? trials.recover(null) : trials.guard(deadMan));
  if (recovery.outcome === 'failed')
    throw new AgentError('configuration', `A restriction could not be undone: ${recovery.detail}`);
  return recovery;
}

/**
 * For tests of crashes: kills this process when it passes the named step of the agent or its driver, so that nothing
 * gets to clean up. `STEP:N` lets it pass `N - 1` times before, since a restart passes some steps once more.
 * @throws AgentError `configuration` for a name that is no step
 */
function crashSwitch(written: string | undefined): { onStep?: (passed: string) => void } {
  if (written === undefined || written === '') return {};
  const [, name = '', count = '1'] = /^([a-z-]+)(?::([1-9]\d?))?$/.exec(written) ?? [];
  const steps: readonly string[] = [...STEPS, ...FAPOLICYD_STEPS];
  if (!steps.includes(name)) {
    throw new AgentError(
      'configuration',
      `CORDON_AGENT_CRASH_AT is STEP or STEP:N, and STEP is one of ${steps.join(', ')}.`,
    );
  }
  let left = Number(count);
  return {
    onStep: (passed) => {
      if (passed === name && --left === 0) process.kill(process.pid, 'SIGKILL');
    },
  };
}

async function certificates(path: string | null): Promise<string | null> {
  if (path === null) return null;
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AgentError(
      'configuration',
      `The certificates in ${path} cannot be read: ${(cause as Error).message}. It was named with --ca at the enrolment; put the PEM file there, or enrol again with another --ca.`,
      { cause },
    );
  }
}

export { type Agent, type AgentParts, createAgent, type Presence } from './loop.ts';
