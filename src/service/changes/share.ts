import { ACTION_STATUSES, type ActionStatus } from '../../contract/machine-action.ts';
import type { Neighbours } from '../neighbours.ts';
import type { Change, Changes } from './changes.ts';

/** Words about changes begin with it; those about waiting devices are ids of machines, which never do. */
const MARK = '~';
const EVERY_TENANT = '*';
const WORD = /^~([^/~ ]+)(?:\/([0-9a-f]{40})\/([^/~ ]*)\/([A-Za-z]*))?$/;

/** Changes that also reach listeners at other processes, and theirs here. */
export function shareChanges(local: Changes, neighbours: Neighbours): Changes {
  neighbours.onTold((word) => {
    const change = changeOf(word);
    if (change !== null) local.announce(change);
  });
  return {
    ...local,
    announce(change) {
      local.announce(change);
      neighbours.tell(wordOf(change));
    },
  };
}

export function wordOf(change: Change): string {
  if (change.kind === 'all') return `${MARK}${change.tenantId ?? EVERY_TENANT}`;
  const { tenantId, machineId, actionId, status } = change;
  return `${MARK}${tenantId}/${machineId}/${actionId ?? ''}/${status ?? ''}`;
}

/** Null for a word that is about something else, or of a version that says more. */
export function changeOf(word: string): Change | null {
  const [, tenant, machineId, actionId, status = ''] = WORD.exec(word) ?? [];
  if (tenant === undefined) return null;
  if (machineId === undefined) return { kind: 'all', tenantId: tenant === EVERY_TENANT ? null : tenant };
  const known = (ACTION_STATUSES as readonly string[]).includes(status);
  return {
    kind: 'machine',
    tenantId: tenant,
    machineId,
    actionId: actionId === '' || actionId === undefined ? null : actionId,
    status: known ? (status as ActionStatus) : null,
  };
}
