import type { Machine } from '../domain/machine.ts';
import { changed } from './actions.ts';
import { machineCollection } from './collections.ts';
import { listRows } from './page.ts';
import type { MachineFacts, MachineStore, Visible } from './port.ts';
import { prefixEnd } from './prefix.ts';
import {
  addressesOf,
  factsParams,
  machineFrom,
  machineRowFrom,
  ROW_COLUMNS,
  targetFrom,
} from './records/machine.ts';
import { fromFlag } from './records/value.ts';
import { type Row, type Sql, type Step, step } from './sql.ts';
import { MACHINES, machineReads, machineSelection } from './statements/machines.ts';
import type { Targets } from './targets.ts';

const MACHINE_ID = /^[0-9a-f]{40}$/;

/** Order in which a unit takes the rows of several machines, so that two units cannot wait for each other. */
const byKey = (
  a: { tenantId?: string; machineId: string },
  b: { tenantId?: string; machineId: string },
): number => {
  const left = `${a.tenantId ?? ''} ${a.machineId}`;
  const right = `${b.tenantId ?? ''} ${b.machineId}`;
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Steps that remember the addresses of a machine that enrols. */
export const addressSteps = (
  tenantId: string,
  machineId: string,
  facts: Pick<MachineFacts, 'addresses' | 'lastIpAddress'>,
): Step[] => addressesOf(facts).map((address) => step(MACHINES.addAddress, [tenantId, machineId, address]));

/** Steps that end what a machine had and keep what it has. */
const movedSteps = (tenantId: string, machineId: string, facts: MachineFacts): Step[] => [
  step(MACHINES.endAddresses, [tenantId, machineId]),
  ...addressesOf(facts).map((address) => step(MACHINES.keepAddress, [tenantId, machineId, address])),
];

const allVisible = (rows: readonly Row[], visible: Visible): Machine[] => {
  const machines = rows.map(machineFrom);
  return visible === null ? machines : machines.filter((machine) => visible.includes(machine.groupId));
};

/** What {@link MachineStore} promises, over any engine. */
export function machineStore(sql: Sql, targets: Targets): MachineStore {
  const reads = machineReads(sql.dialect);
  const collection = machineCollection(sql.dialect);
  const short = { ...collection, selection: machineSelection(sql.dialect, ROW_COLUMNS) };
  const machine: MachineStore['machine'] = async (tenantId, reference, visible) => {
    const name = reference.toLowerCase();
    const ways = MACHINE_ID.test(name)
      ? [reads.byId, reads.byDirectoryId, reads.byName]
      : [reads.byDirectoryId, reads.byName];
    for (const way of ways) {
      const found = allVisible(await sql.all(way, [tenantId, name]), visible);
      if (found[0] !== undefined) return found[0];
    }
    return null;
  };
  return {
    machine,
    async actionTarget(tenantId, reference, visible) {
      const id = reference.toLowerCase();
      let target = targets.find(tenantId, id);
      if (target === undefined) {
        const row = (await sql.all(MACHINES.target, [tenantId, id]))[0];
        if (row === undefined) return machine(tenantId, reference, visible);
        target = targetFrom(row);
        targets.remember(target);
      }
      return visible === null || visible.includes(target.groupId) ? target : null;
    },
    machines: (tenantId, query, visible) =>
      listRows(sql, collection, { tenantId, query, visible, machineId: null }, machineFrom),
    machineRows: (tenantId, query, visible) =>
      listRows(sql, short, { tenantId, query, visible, machineId: null }, machineRowFrom),
    async machinesByAddress(tenantId, address, from, to, visible) {
      const rows = await sql.all(reads.byAddress, [tenantId, address.toLowerCase(), from, to]);
      return allVisible(rows, visible);
    },
    async machinesByTag(tenantId, tag, startsWith, visible) {
      const rows = startsWith
        ? await sql.all(reads.byTagPrefix, [tenantId, tag, prefixEnd(tag)])
        : await sql.all(reads.byTag, [tenantId, tag]);
      return allVisible(rows, visible);
    },
    async changeTag(tenantId, machineId, tag, change) {
      const statement = change === 'add' ? MACHINES.addTag : MACHINES.removeTag;
      await sql.batch([step(statement, [tenantId, machineId, tag])]);
    },
    async assignGroups(tenantId, groups) {
      const steps = groups
        .toSorted(byKey)
        .map(({ machineId, groupId, pinned }) =>
          step(MACHINES.assignGroup, [tenantId, machineId, groupId, fromFlag(pinned)]),
        );
      if (steps.length === 0) return;
      const machines = groups.map(({ machineId }) => ({ tenantId, machineId }));
      await targets.changing(() => sql.batch(steps), machines);
    },
    async updateFacts(tenantId, machineId, facts) {
      const unit = [
        step(MACHINES.updateFacts, [tenantId, machineId, ...factsParams(facts)]),
        ...movedSteps(tenantId, machineId, facts),
      ];
      await targets.changing(() => sql.batch(unit), [{ tenantId, machineId }]);
    },
    async touchMachines(seen) {
      const steps = seen
        .toSorted(byKey)
        .map(({ tenantId, machineId, at, externalAddress }) =>
          step(MACHINES.touch, [tenantId, machineId, at, externalAddress]),
        );
      if (steps.length > 0) await sql.batch(steps);
    },
    async markInactive(before, limit) {
      return changed(await sql.batch([step(MACHINES.markInactive, [before, limit])]));
    },
  };
}
