import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createSimulatedDriver } from '../agent/drivers/simulated.ts';
import {
  prepareStateDirectory,
  readIdentity,
  type StoredIdentity,
  writeIdentity,
} from '../agent/identity.ts';
import { newKeyPair } from '../agent/jws.ts';
import { createMemoryLedger, type Ledger, openFileLedger } from '../agent/ledger.ts';
import { createAgent } from '../agent/loop.ts';
import { createTransport, type Transport } from '../agent/transport.ts';
import { DEVICE_PROTOCOL, type DeviceFacts, ENROL_PATH, type EnrolRequest } from '../contract/device.ts';
import { checkEnrolAnswer } from '../contract/device-check.ts';
import type { PlannedMachine } from './fleet-plan.ts';
import { InsideAgent } from './inside-agent.ts';
import { simulatedFacts } from './simulated-facts.ts';

export interface FleetOptions {
  readonly machines: readonly PlannedMachine[];
  /** Where a machine of its own would reach the server. */
  readonly serverUrl: string;
  /** Makes the machines' connections, which are within this process. */
  readonly connect: () => Duplex;
  /** Enrolment token with a use for each machine that is not enrolled yet. */
  readonly token: string;
  /** Directory with a folder for each machine's identity and ledger; null keeps them in memory. */
  readonly directory: string | null;
  /** Milliseconds that a machine takes when the plan names none. */
  readonly delay: number;
  readonly log: FleetLog;
  /** Told how many machines run already, now and then. */
  readonly told: (running: number) => void;
}

/** Where the fleet says what goes wrong. */
export interface FleetLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Fleet {
  /** Ends all machines; resolves when none of them works any more. */
  stop(): Promise<void>;
}

/** Enrolments under way at a time. */
const PARALLEL = 16;
/** What the machines' requests name as their host; nothing is connected to it. */
const INSIDE_URL = 'http://localhost';

/** Enrols the machines that are new and runs the agent loop of each, over real HTTP, in this process. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const transport = createTransport({ serverUrl: INSIDE_URL, agent: new InsideAgent(options.connect) });
  const stopped = new AbortController();
  const running: Promise<void>[] = [];
  for (let first = 0; first < options.machines.length; first += PARALLEL) {
    const some = options.machines.slice(first, first + PARALLEL);
    const members = await Promise.all(
      some.map((machine, index) => member(options, transport, machine, first + index)),
    );
    for (const run of members) running.push(run(stopped.signal));
    options.told(running.length);
  }
  return {
    async stop() {
      stopped.abort();
      await Promise.all(running);
      transport.close();
    },
  };
}

/** One machine, enrolled and ready to run. */
async function member(
  options: FleetOptions,
  transport: Transport,
  machine: PlannedMachine,
  index: number,
): Promise<(signal: AbortSignal) => Promise<void>> {
  const { directory, log } = options;
  const folder = directory === null ? null : join(directory, machine.name);
  const facts = simulatedFacts(machine, index + 1);
  const identity = await identityOf(options, transport, folder, facts);
  const ledger: Ledger =
    folder === null
      ? createMemoryLedger()
      : await openFileLedger(folder, (path) => log.warn({ path }, 'a damaged ledger was set aside'));
  const driver = createSimulatedDriver({
    delayMs: machine.delay ?? options.delay,
    behaviour: machine.behaviour.driver,
    // What the ledger knows to be in force still is after a restart of the emulator.
    mode: ledger.state().controls[0]?.observed ?? 'unmanaged',
  });
  const agent = createAgent({
    identity,
    ledger,
    drivers: machine.behaviour.supported ? [driver] : [],
    transport,
    presence: machine.behaviour.presence,
    driftSeconds: null,
    ...(folder === null
      ? {}
      : { onServerKey: (serverKey) => writeIdentity(folder, { ...identity, serverKey }) }),
    log: (level, message, fields) => {
      if (level === 'warn' || level === 'error') log.warn({ machine: machine.name, ...fields }, message);
    },
  });
  return (signal) =>
    agent
      .run(signal)
      .catch((error: unknown) =>
        log.error({ err: error, machine: machine.name }, 'a simulated machine ended'),
      );
}

async function identityOf(
  options: FleetOptions,
  transport: Transport,
  folder: string | null,
  facts: DeviceFacts,
): Promise<StoredIdentity> {
  if (folder !== null) {
    await prepareStateDirectory(folder);
    const known = await readIdentity(folder);
    if (known !== null) return known;
  }
  const { privateKey, publicKey } = newKeyPair();
  const request: EnrolRequest = { protocol: DEVICE_PROTOCOL, token: options.token, publicKey, facts };
  const answer = await transport.post({
    path: ENROL_PATH,
    contentType: 'application/json',
    body: JSON.stringify(request),
    timeout: 30_000,
    signal: AbortSignal.timeout(30_000),
  });
  if (answer.status !== 201)
    throw new Error(`${facts.computerDnsName} was not enrolled: ${answer.status} ${answer.body}`);
  const checked = checkEnrolAnswer(JSON.parse(answer.body));
  if (!checked.ok)
    throw new Error(`The answer to the enrolment is not understood: ${checked.faults.join('; ')}`);
  const { machineId, tenantId, serverKey, epoch } = checked.value;
  const identity: StoredIdentity = {
    version: 1,
    machineId,
    tenantId,
    serverUrl: options.serverUrl,
    serverKey,
    privateKey,
    caFile: null,
    insecureHttp: false,
    driver: 'simulated',
    epoch,
  };
  if (folder !== null) await writeIdentity(folder, identity);
  return identity;
}
