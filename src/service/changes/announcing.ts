import type { ActionStatus } from '../../contract/machine-action.ts';
import type { Store } from '../../store/port.ts';
import type { Changes } from './changes.ts';

/** The store as it is; what changes something that lists show is announced once it is durable. */
export function announcingStore(store: Store, { announce }: Pick<Changes, 'announce'>): Store {
  const machine = (
    tenantId: string,
    machineId: string,
    actionId: string | null = null,
    status: ActionStatus | null = null,
  ) => announce({ kind: 'machine', tenantId, machineId, actionId, status });
  const all = (tenantId: string | null) => announce({ kind: 'all', tenantId });

  const own: Partial<Store> = {
    async requestAction(request) {
      const requested = await store.requestAction(request);
      if (requested.outcome === 'created') {
        const { tenantId, machineId, id, status } = requested.action;
        machine(tenantId, machineId, id, status);
      }
      return requested;
    },
    async advanceAction(transition) {
      const written = await store.advanceAction(transition);
      const { tenantId, machineId, actionId, status } = transition;
      if (written) machine(tenantId, machineId, actionId, status);
      return written;
    },
    async observe(tenantId, machineId, control, observed) {
      const written = await store.observe(tenantId, machineId, control, observed);
      if (written) machine(tenantId, machineId);
      return written;
    },
    async enrol(enrolment) {
      const written = await store.enrol(enrolment);
      if (written) machine(enrolment.machine.tenantId, enrolment.machine.id);
      return written;
    },
    async replaceKey(change) {
      const written = await store.replaceKey(change);
      if (written) machine(change.tenantId, change.machineId);
      return written;
    },
    async renewEpoch(machineId, from, to) {
      const written = await store.renewEpoch(machineId, from, to);
      const device = written ? await store.device(machineId) : null;
      if (device !== null) machine(device.tenantId, machineId);
      return written;
    },
    async updateFacts(tenantId, machineId, facts) {
      await store.updateFacts(tenantId, machineId, facts);
      machine(tenantId, machineId);
    },
    async changeTag(tenantId, machineId, tag, change) {
      await store.changeTag(tenantId, machineId, tag, change);
      machine(tenantId, machineId);
    },
    async assignGroups(tenantId, groups) {
      await store.assignGroups(tenantId, groups);
      // Who saw a machine before must learn that it is gone, and may not be told which.
      if (groups.length > 0) all(tenantId);
    },
    async markInactive(before, limit) {
      const marked = await store.markInactive(before, limit);
      if (marked > 0) all(null);
      return marked;
    },
    async createGroup(group) {
      const made = await store.createGroup(group);
      all(group.tenantId);
      return made;
    },
    assignGroup: (tenantId, id, principal) => after(store.assignGroup(tenantId, id, principal), tenantId),
    unassignGroup: (tenantId, id, principal) => after(store.unassignGroup(tenantId, id, principal), tenantId),
    deleteGroup: (tenantId, id) => after(store.deleteGroup(tenantId, id), tenantId),
    changeRole: (tenantId, id, change) => after(store.changeRole(tenantId, id, change), tenantId),
    assignRole: (tenantId, id, principal) => after(store.assignRole(tenantId, id, principal), tenantId),
    unassignRole: (tenantId, id, principal) => after(store.unassignRole(tenantId, id, principal), tenantId),
    changeGroup: (tenantId, id, change) => after(store.changeGroup(tenantId, id, change), tenantId),
    deleteRole: (tenantId, id) => after(store.deleteRole(tenantId, id), tenantId),
    async clear() {
      await store.clear();
      all(null);
    },
  };
  async function after(write: Promise<boolean>, tenantId: string): Promise<boolean> {
    const written = await write;
    if (written) all(tenantId);
    return written;
  }
  return { ...store, ...own };
}
