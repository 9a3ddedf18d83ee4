import type { WireMachineSummary } from '../../src/contract/console.ts';

/** A machine of a list, unmanaged and connected, with what a test says of it. */
export const summary = (name: string, part: Partial<WireMachineSummary> = {}): WireMachineSummary => ({
  id: Buffer.from(name).toString('hex').padStart(40, '0').slice(-40),
  computerDnsName: name,
  osPlatform: 'Linux',
  osVersion: '6.12',
  version: null,
  healthStatus: 'Active',
  lastSeen: '2026-11-26T03:00:00.0000000Z',
  lastIpAddress: '10.0.0.1',
  rbacGroupId: 0,
  rbacGroupName: null,
  machineTags: [],
  agentVersion: '0.1.0',
  controls: [],
  connected: true,
  activeAction: null,
  lastFailure: null,
  ...part,
});

type Control = WireMachineSummary['controls'][number];

/** The control of a machine that was asked something. */
export const control = (mode: Control['mode'], assurance: Control['assurance']): Control => ({
  control: 'codeExecution',
  mode,
  assurance,
  generation: 1,
  actionId: null,
  observedMode: null,
  observedAt: null,
  releaseAt: null,
});
