import type { Assurance, WireControl, WireMachineState } from '../../contract/cordon.ts';
import type { WireMachine } from '../../contract/machine.ts';
import type { Io } from '../io.ts';
import type { Paint } from './style.ts';
import { type Column, writeTable } from './table.ts';
import { ago, ahead } from './time.ts';

/** The vendor's service knows machines without their controls. */
export type ShownMachine = WireMachine & Partial<Pick<WireMachineState, 'controls' | 'drivers'>>;

const COLOURS: Readonly<Record<Assurance, Parameters<Paint>[0]>> = {
  proven: 'green',
  changing: 'yellow',
  unproven: 'red',
  drifted: 'red',
  unmanaged: 'dim',
};

const control = (machine: ShownMachine): WireControl | undefined =>
  machine.controls?.find((row) => row.control === 'codeExecution');

export async function writeMachines(io: Io, machines: readonly ShownMachine[]): Promise<void> {
  const now = io.now();
  const columns: Column<ShownMachine>[] = [
    { title: 'NAME', text: (machine) => machine.computerDnsName, give: 1, least: 20 },
    { title: 'ID', text: (machine) => machine.id.slice(0, 8), give: 0 },
    { title: 'PLATFORM', text: (machine) => machine.osPlatform, give: 3 },
    { title: 'GROUP', text: (machine) => machine.rbacGroupName ?? '', give: 4 },
    { title: 'MODE', text: (machine) => control(machine)?.mode ?? 'unmanaged', give: 0 },
    {
      title: 'ASSURANCE',
      text: (machine) => control(machine)?.assurance ?? 'unmanaged',
      paint: (machine, text, paint) => paint(COLOURS[control(machine)?.assurance ?? 'unmanaged'], text),
      give: 0,
    },
    {
      title: 'RELEASE',
      text: (machine) => releaseText(machine, now),
      give: 2,
    },
    { title: 'LAST SEEN', text: (machine) => ago(machine.lastSeen, now), give: 2, least: 12 },
  ];
  const known = machines.some((machine) => machine.controls !== undefined);
  const timed = machines.some((machine) => releaseText(machine, now) !== '');
  const left = new Set([...(known ? [] : ['MODE', 'ASSURANCE']), ...(timed ? [] : ['RELEASE'])]);
  await writeTable(
    io,
    columns.filter(({ title }) => !left.has(title)),
    machines,
  );
}

function releaseText(machine: ShownMachine, now: number): string {
  const releaseAt = control(machine)?.releaseAt ?? null;
  return releaseAt === null ? '' : ahead(releaseAt, now);
}
