import type { GroupChange, GroupRule, MachineGroup } from '../domain/access-records.ts';
import { groupOf } from '../domain/grouping.ts';
import type { Query } from '../domain/query.ts';
import type { AccessStore, MachineStore } from '../store/port.ts';
import { notFound } from './actions.ts';
import type { Call } from './call.ts';
import type { Clock } from './clock.ts';
import { nameTaken, requireText } from './comment.ts';

export interface GroupsDependencies {
  readonly store: AccessStore & MachineStore;
  readonly clock: Clock;
  /** Called after a change, so that it holds at once. */
  readonly changed: () => void;
}

export type Groups = ReturnType<typeof createGroups>;

/** Machines are regrouped in pages of this size. */
const PAGE = 1000;

/** Device groups; a group can be named by its id or its name. */
export function createGroups({ store, clock, changed }: GroupsDependencies) {
  /** @throws CordonError `ResourceNotFound` */
  const find = async (tenantId: string, reference: string): Promise<MachineGroup> => {
    const wanted = reference.toLowerCase();
    const group = (await store.groups(tenantId)).find(
      ({ id, name }) => String(id) === wanted || name.toLowerCase() === wanted,
    );
    if (group === undefined) throw notFound('Group', reference);
    return group;
  };

  /** Applies the rules to every machine whose group is not fixed. */
  const regroupAll = async (tenantId: string): Promise<void> => {
    const groups = await store.groups(tenantId);
    let after: Query['after'] = null;
    do {
      const page = await store.machines(
        tenantId,
        { filter: null, orderBy: [], top: PAGE, topGiven: false, skip: 0, select: null, count: false, after },
        null,
      );
      const moved = page.rows
        .filter((machine) => !machine.groupPinned)
        .map((machine) => ({
          machineId: machine.id,
          from: machine.groupId,
          groupId: groupOf(machine, groups),
          pinned: false,
        }))
        .filter(({ from, groupId }) => from !== groupId);
      if (moved.length > 0) await store.assignGroups(tenantId, moved);
      after = page.next;
    } while (after !== null);
  };

  return {
    find,
    list: async (tenantId: string) =>
      (await store.groups(tenantId)).toSorted((one, other) => one.rank - other.rank),

    /** Without a rank the group comes last; at one that is taken it comes first. @throws CordonError `InvalidInput` when the name is taken */
    async create(
      tenantId: string,
      name: string,
      rank: number | null,
      rules: readonly GroupRule[],
    ): Promise<MachineGroup> {
      requireText('name', name);
      const group = await store.createGroup({
        tenantId,
        name,
        rank,
        rules,
        principals: [],
        createdAt: clock.now(),
      });
      if (group === null) throw nameTaken('group', name);
      await regroupAll(tenantId);
      changed();
      return group;
    },

    /**
     * Machines follow the rules at once, but for those that were placed.
     * @param change null leaves as it is
     * @throws CordonError `InvalidInput` when the name is taken
     */
    async change(tenantId: string, reference: string, change: GroupChange): Promise<MachineGroup> {
      if (change.name !== null) requireText('name', change.name);
      const group = await find(tenantId, reference);
      // A group is in nobody's way at its own rank.
      const rank = change.rank === group.rank ? null : change.rank;
      if (!(await store.changeGroup(tenantId, group.id, { ...change, rank }))) {
        await find(tenantId, String(group.id));
        throw nameTaken('group', change.name);
      }
      await regroupAll(tenantId);
      changed();
      return find(tenantId, String(group.id));
    },

    async assign(tenantId: string, reference: string, principal: string): Promise<MachineGroup> {
      requireText('principal', principal);
      const group = await find(tenantId, reference);
      await store.assignGroup(tenantId, group.id, principal.toLowerCase());
      changed();
      return find(tenantId, String(group.id));
    },

    async unassign(tenantId: string, reference: string, principal: string): Promise<void> {
      const group = await find(tenantId, reference);
      const gone = await store.unassignGroup(tenantId, group.id, principal.toLowerCase());
      if (!gone) throw notFound('Assignment of the group to', principal);
      changed();
    },

    /** Fixes a machine's group; rules do not move it any more. */
    async place(call: Call, reference: string, machineReference: string): Promise<MachineGroup> {
      const tenantId = call.caller.tenantId;
      const group = await find(tenantId, reference);
      const machine = await store.machine(tenantId, machineReference, call.visible);
      if (machine === null) throw notFound('Machine', machineReference);
      await store.assignGroups(tenantId, [{ machineId: machine.id, groupId: group.id, pinned: true }]);
      return group;
    },

    /** The group of a machine that was placed follows the rules again. */
    async unplace(call: Call, reference: string, machineReference: string): Promise<void> {
      const tenantId = call.caller.tenantId;
      const group = await find(tenantId, reference);
      const machine = await store.machine(tenantId, machineReference, call.visible);
      if (machine?.groupId !== group.id)
        throw notFound(`Machine of the group ${group.name}`, machineReference);
      const groupId = groupOf(machine, await store.groups(tenantId));
      await store.assignGroups(tenantId, [{ machineId: machine.id, groupId, pinned: false }]);
    },

    async remove(tenantId: string, reference: string): Promise<void> {
      const group = await find(tenantId, reference);
      await store.deleteGroup(tenantId, group.id);
      await regroupAll(tenantId);
      changed();
    },
  };
}
