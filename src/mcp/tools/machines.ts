import * as z from 'zod';
import type { WireMachineState } from '../../contract/cordon.ts';
import type { Evidence } from '../../contract/device.ts';
import type { WireMachine } from '../../contract/machine.ts';
import type { Client } from '../../sdk/client.ts';
import { type CollectionQuery, takeUpTo } from '../../sdk/collection.ts';
import { lacksAddress } from '../../sdk/error.ts';
import { filter } from '../../sdk/filter.ts';
import { DATA_NOTE, harmless, harmlessOr, quoted } from '../data.ts';
import { LIMIT, MACHINE_NAME, reading } from '../tool.ts';

/** The vendor's service tells nothing of controls. */
type KnownMachine = WireMachine & Partial<Pick<WireMachineState, 'controls'>>;

const ASSURANCE = `"proven" means that a program was tried on the machine; "changing" that an action is under way;
"unproven" that an action ended without a proof; "drifted" that a restriction was found undone;
"unmanaged" that nothing was ever asked of the machine. Only "proven" is a fact.`;

const MACHINE = z.object({
  id: z.string(),
  name: z.string(),
  os: z.string(),
  health: z.string(),
  lastSeen: z.string(),
  lastIpAddress: z.string().nullable(),
  tags: z.array(z.string()),
  mode: z
    .string()
    .nullable()
    .describe('unmanaged, restricted, unrestricted; null where the service does not tell'),
  assurance: z.string().nullable().describe(ASSURANCE),
});

export const EVIDENCE = z.object({
  driver: z.string(),
  checks: z.array(
    z.object({ name: z.string(), passed: z.boolean(), expected: z.string(), observed: z.string() }),
  ),
  notes: z.array(z.string()),
});

export const listMachines = reading({
  name: 'list_machines',
  title: 'List machines',
  description: `Lists machines with their mode (restricted: only trusted software may run) and how sure it is.
${ASSURANCE}
${DATA_NOTE}`,
  input: z.strictObject({
    name: z.string().min(1).max(253).optional().describe('Only machines whose DNS name contains this'),
    tag: z.string().min(1).max(200).optional().describe('Only machines with this tag'),
    limit: LIMIT,
  }),
  output: z.object({ machines: z.array(MACHINE), more: z.boolean() }),
  run: async ({ name, tag, limit }, { api, context }) => {
    const conditions = [
      ...(name === undefined ? [] : [filter`contains(computerDnsName,${name})`]),
      ...(tag === undefined ? [] : [filter`machineTags/any(tag: tag eq ${tag})`]),
    ];
    const query = {
      filter: conditions.length === 0 ? undefined : conditions.join(' and '),
      signal: context.mcpReq.signal,
    };
    const found = await takeUpTo(limit, (top) => statesOrMachines(api, { ...query, top }));
    const machines = found.entries.map(viewOf);
    const lines = machines.map(
      (machine) => `${quoted(machine.name)} ${machine.mode ?? ''} ${machine.assurance ?? ''} (${machine.id})`,
    );
    const more = found.more ? ['There are more; narrow the search or raise the limit.'] : [];
    const text = lines.length === 0 ? ['No machine fits.'] : [DATA_NOTE, ...lines, ...more];
    return { output: { machines, more: found.more }, text: text.join('\n') };
  },
});

export const showMachine = reading({
  name: 'show_machine',
  title: 'Show a machine',
  description: `Shows one machine: its mode, how sure it is, and the evidence of the last proof, check by check.
${ASSURANCE}
${DATA_NOTE}`,
  input: z.strictObject({ machine: MACHINE_NAME }),
  output: z.object({
    machine: MACHINE,
    releaseAt: z
      .string()
      .nullable()
      .describe('When the machine is released by itself; null where only a person does'),
    actionId: z.string().nullable().describe('The action that the mode follows from'),
    observedAt: z.string().nullable(),
    evidence: EVIDENCE.nullable(),
  }),
  run: async ({ machine: name }, { api, context }) => {
    const found = await machineNamed(api, name, context.mcpReq.signal);
    const machine = viewOf(found);
    const control = found.controls?.[0];
    const evidence = evidenceOf(control?.evidence ?? null);
    const checks =
      evidence?.checks.map(
        ({ name, passed, observed }) =>
          `${passed ? 'passed' : 'FAILED'} ${quoted(name)}: ${quoted(observed)}`,
      ) ?? [];
    const mode =
      machine.mode === null
        ? 'This service does not tell its mode.'
        : `${machine.mode}, ${machine.assurance}.`;
    const release = control?.releaseAt ? [`It is released by itself at ${control.releaseAt}.`] : [];
    return {
      output: {
        machine,
        releaseAt: control?.releaseAt ?? null,
        actionId: control?.actionId ?? null,
        observedAt: control?.observedAt ?? null,
        evidence,
      },
      text: [DATA_NOTE, `${quoted(machine.name)} (${machine.id}): ${mode}`, ...release, ...checks].join('\n'),
    };
  },
});

/** The machine that a name or id stands for. @throws ClientError `ResourceNotFound` */
export async function machineNamed(api: Client, name: string, signal: AbortSignal): Promise<KnownMachine> {
  try {
    return await api.machineState(name, signal);
  } catch (error) {
    if (!lacksAddress(error)) throw error;
    return api.machine(name, signal);
  }
}

async function* statesOrMachines(api: Client, query: CollectionQuery): AsyncGenerator<KnownMachine> {
  try {
    yield* api.machineStates({ ...query, orderBy: 'computerDnsName' });
  } catch (error) {
    if (!lacksAddress(error)) throw error;
    yield* api.machines(query);
  }
}

/** Mode and assurance of a machine of which nothing was ever asked. */
const UNMANAGED = 'unmanaged';

function viewOf(machine: KnownMachine): z.input<typeof MACHINE> {
  const control = machine.controls?.[0];
  const absent = machine.controls === undefined ? null : UNMANAGED;
  return {
    id: harmless(machine.id),
    name: harmless(machine.computerDnsName),
    os: harmless(machine.osPlatform),
    health: harmless(machine.healthStatus),
    lastSeen: harmless(machine.lastSeen),
    lastIpAddress: harmlessOr(machine.lastIpAddress),
    tags: machine.machineTags.slice(0, 50).map((tag) => harmless(tag)),
    mode: control?.mode ?? absent,
    assurance: control?.assurance ?? absent,
  };
}

export function evidenceOf(evidence: Evidence | null): z.input<typeof EVIDENCE> | null {
  if (evidence === null) return null;
  return {
    driver: harmless(evidence.driver),
    checks: evidence.checks.slice(0, 100).map(({ name, passed, expected, observed }) => ({
      name: harmless(name),
      passed,
      expected: harmless(expected),
      observed: harmless(observed),
    })),
    notes: evidence.notes.slice(0, 50).map((note) => harmless(note)),
  };
}
