import type { Client } from '../../src/sdk/index.ts';
import type { ServerProcess } from '../../test/kit/server-process.ts';
import type { Guest } from './guest.ts';

/** What the cases share, in the order in which they are tried. */
export interface SystemWorld {
  readonly guest: Guest;
  readonly api: Client;
  /** Stopped and started by a case that wants it away. */
  readonly server: Pick<ServerProcess, 'stop' | 'start'>;
  /** The server as the guest reaches it. */
  readonly url: string;
  /** Where the guest fetches the executable of the agent, `agent`, and another one, `agent-new`. */
  readonly files: string;
  token(): Promise<string>;
}

/** All that a line in the guest says. */
export const sh = async ({ guest }: SystemWorld, line: string): Promise<string> =>
  (await guest.sh(line)).text;

export const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** The last line of it. */
export const said = async (world: SystemWorld, line: string): Promise<string> =>
  lastLine(await sh(world, line));

/** Runs a line until it succeeds. @param seconds by the guest's clock @returns whether it did */
export const becomes = async (world: SystemWorld, line: string, seconds: number): Promise<boolean> =>
  (await said(
    world,
    `i=0; until ${line}; do i=$((i+1)); [ $i -gt ${seconds} ] && break; sleep 1; done >/dev/null 2>&1; [ $i -le ${seconds} ] && echo yes`,
  )) === 'yes';

/** The only machine there is. */
export async function machineId({ api }: SystemWorld): Promise<string> {
  for await (const { id } of api.machines()) return id;
  throw new Error('The server knows no machine.');
}

/** Milliseconds for an action to end, in a guest that is slow. */
export const PATIENCE = 3_600_000;

export async function carryOut(world: SystemWorld, order: 'restrict' | 'unrestrict'): Promise<string> {
  const { id } = await world.api[order](await machineId(world), { comment: 'The trial' });
  return outcomeOf(world, id);
}

export async function outcomeOf({ api }: SystemWorld, id: string): Promise<string> {
  const { status } = await api.waitFor(id, { timeout: PATIENCE });
  if (status === 'Succeeded') return status;
  const cause = (await api.history(id)).at(-1)?.cause;
  return `${status}: ${cause}`;
}

export async function standing(world: SystemWorld): Promise<string> {
  const { controls } = await world.api.machineState(await machineId(world));
  return `${controls[0]?.observedMode} ${controls[0]?.assurance}`;
}

/** A restriction that ends by itself, once it is in force. @param releaseAfter ISO 8601 */
export async function restrictedFor(
  world: SystemWorld,
  releaseAfter: string,
): Promise<{ action: string; outcome: string }> {
  const comment = 'The trial';
  const { id } = await world.api.restrictFor(await machineId(world), { comment, releaseAfter });
  return { action: id, outcome: await outcomeOf(world, id) };
}

/** What came of the release by which a restriction ends by itself. */
export async function ownReleaseOf(world: SystemWorld, restriction: string): Promise<string> {
  const filter = `machineId eq '${await machineId(world)}'`;
  for (;;) {
    for await (const { id, requestor, type } of world.api.actions({ filter }))
      if (type === 'UnrestrictCodeExecution' && requestor.includes(restriction)) return outcomeOf(world, id);
    await sh(world, 'sleep 10');
  }
}

/** How often the restriction in force was found undone. */
export async function drifts(world: SystemWorld): Promise<number> {
  const { controls } = await world.api.machineState(await machineId(world));
  const told = await world.api.history(controls[0]?.actionId ?? '');
  return told.filter(({ cause }) => cause?.startsWith('drifted')).length;
}
