import { createHash } from 'node:crypto';
import { createSimulatedDriver } from '../agent/drivers/simulated.ts';
import { enrol } from '../agent/enrol.ts';
import { newKeyPair } from '../agent/jws.ts';
import { createMemoryLedger } from '../agent/ledger.ts';
import { createAgent } from '../agent/loop.ts';
import type { Transport } from '../agent/transport.ts';
import { AGENT_VERSION } from '../agent/version.ts';
import type { DeviceFacts } from '../contract/device.ts';

/** Hears what happens at the devices. */
export interface DeviceWatch {
  /** The device has the order of this action. */
  delivered(machineId: string, actionId: string | null): void;
  /** The server has confirmed the outcome that the device reported, with whether the device has proven the mode. */
  reported(machineId: string, proven: boolean): void;
  /** An exchange failed, and is tried again. */
  failed(code: string): void;
}

export interface Device {
  readonly name: string;
  readonly machineId: string;
  /** Works until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  isRestricted(): boolean;
}

/** Name of the device of a run; no machine that is not of a load run has such a name. */
export function nameOf(run: string, index: number): string {
  return `${prefixOf(run)}${String(index + 1).padStart(5, '0')}.cordon-load.test`;
}

/** What the names of a run's machines begin with. */
export const prefixOf = (run: string): string => `load-${run}-`;

/**
 * Enrols a device with a key of its own. It is the agent as on a real device, over the driver that keeps its mode in memory.
 * @throws AgentError as an enrolment does
 */
export async function enrolDevice(options: {
  readonly name: string;
  readonly token: string;
  readonly transport: Transport;
  /** Milliseconds that it takes to carry an action out. */
  readonly delay: number;
  readonly random: () => number;
  readonly watch: DeviceWatch;
  readonly signal: AbortSignal;
}): Promise<Device> {
  const { name, transport, watch } = options;
  const { privateKey, publicKey } = newKeyPair();
  const { machineId, serverKey, nonce } = await enrol({
    transport,
    token: options.token,
    publicKey,
    facts: factsOf(name),
    replaces: null,
    signal: options.signal,
  });
  const agent = createAgent({
    identity: { machineId, privateKey, serverKey },
    ledger: createMemoryLedger(),
    drivers: [createSimulatedDriver({ delayMs: options.delay })],
    transport,
    nonce,
    random: options.random,
    driftSeconds: null,
    onStep: (step) => {
      const entry = agent.state().controls[0];
      if (step === 'seen') watch.delivered(machineId, entry?.desired.actionId ?? null);
      else if (step === 'reported') watch.reported(machineId, entry?.proven ?? false);
    },
    log: (_level, event, fields) => {
      if (event === 'exchange failed') watch.failed(String(fields?.code));
    },
  });
  return {
    name,
    machineId,
    run: (signal) => agent.run(signal),
    isRestricted: () => agent.state().controls[0]?.desired.mode === 'restricted',
  };
}

function factsOf(name: string): DeviceFacts {
  return {
    computerDnsName: name,
    osPlatform: 'Linux',
    osVersion: null,
    osProcessor: 'x64',
    osArchitecture: '64-bit',
    version: null,
    osBuild: null,
    agentVersion: AGENT_VERSION,
    ipAddresses: [
      { ipAddress: '127.0.0.1', macAddress: null, type: 'SoftwareLoopback', operationalStatus: 'Up' },
    ],
    aadDeviceId: null,
    hardwareFingerprint: createHash('sha256').update(name).digest('hex'),
    drivers: [{ control: 'codeExecution', driver: 'simulated', version: null }],
  };
}
