import type { WireChange } from '../../contract/console.ts';
import type { Caller } from '../../domain/caller.ts';
import { CordonError } from '../../domain/error.ts';
import type { MachineStore, Visible } from '../../store/port.ts';
import { type Call, callerKey } from '../call.ts';
import type { Log } from '../log.ts';
import type { Change, Changes } from './changes.ts';

/** One who is told. */
export interface Listener {
  /** Told of changes of machines that the caller sees. */
  changed(changes: readonly WireChange[]): void;
  /** More has changed than is told one by one. */
  reload(): void;
  /** Nothing more is told, and why. */
  ended(reason: 'session' | 'stopping'): void;
}

export interface Subscription {
  /** Asks again who listens; ends the listener who may not any more. */
  check(): Promise<void>;
  close(): void;
}

/** Hands changes to listeners, each those of the machines that it may see. */
export interface Feed {
  /**
   * @param admit who listens, as of now
   * @throws CordonError `ServiceUnavailable`, `TooManyRequests` where there are too many already
   */
  open(call: Call, admit: () => Promise<Call>, listener: Listener): Subscription;
  /** Asks again who listens, of the listeners of one caller: a session of it has ended. */
  check(caller: Caller): Promise<void>;
  /** Ends every listener, and refuses those that come. */
  stop(): void;
  /** Listeners at this moment. */
  size(): number;
}

/** The first change after a quiet time is told at once, those that follow it together. Milliseconds. */
const GATHERED = 50;
/** Changes that are told one by one; more than these at once are a reload. */
const MOST_GATHERED = 2000;
/** Listeners of one process, and of one caller. */
const MOST_LISTENERS = 2000;
const MOST_OF_CALLER = 100;

interface Entry {
  call: Call;
  readonly admit: () => Promise<Call>;
  readonly listener: Listener;
  ended: boolean;
}

type MachineChange = Extract<Change, { kind: 'machine' }>;

export function createFeed(options: {
  readonly changes: Pick<Changes, 'listen'>;
  readonly store: Pick<MachineStore, 'actionTarget'>;
  /** Lets roles and groups be read again. */
  readonly forgetAccess: () => void;
  readonly milliseconds: () => number;
  readonly log: Log;
}): Feed {
  const { store, forgetAccess, milliseconds, log } = options;
  const entries = new Set<Entry>();
  const ofCaller = new Map<string, number>();
  let waiting = new Map<string, MachineChange>();
  /** Tenants whose listeners are to read everything again; null for all of them. */
  let reloads = new Set<string | null>();
  let timer: NodeJS.Timeout | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;
  let stopped = false;

  const remove = (entry: Entry): void => {
    if (!entries.delete(entry)) return;
    entry.ended = true;
    const key = keyOf(entry.call);
    const left = (ofCaller.get(key) ?? 1) - 1;
    if (left > 0) ofCaller.set(key, left);
    else ofCaller.delete(key);
  };
  const end = (entry: Entry, reason: 'session' | 'stopping'): void => {
    if (entry.ended) return;
    remove(entry);
    entry.listener.ended(reason);
  };

  /** Who listens, as of now; the listener is ended where nobody may. */
  const check = async (entry: Entry): Promise<void> => {
    try {
      entry.call = await entry.admit();
    } catch (error) {
      const refused = error instanceof CordonError && error.status < 500;
      // A store that cannot answer now is no reason: the next look decides.
      if (refused) end(entry, 'session');
    }
  };

  const flush = async (): Promise<void> => {
    timer = null;
    toldAt = milliseconds();
    const told = waiting;
    const anew = reloads;
    waiting = new Map();
    reloads = new Set();
    if (entries.size === 0) return;
    if (anew.size > 0) forgetAccess();
    const byTenant = Map.groupBy(told.values(), ({ tenantId }) => tenantId);
    for (const [tenantId, present] of Map.groupBy(entries, ({ call }) => call.caller.tenantId)) {
      if (anew.has(tenantId) || anew.has(null)) {
        await Promise.all(present.map(check));
        for (const entry of present) if (!entry.ended) entry.listener.reload();
      }
      const changes = byTenant.get(tenantId) ?? [];
      if (changes.length > 0) await tell(tenantId, present, changes);
    }
  };

  const tell = async (
    tenantId: string,
    present: readonly Entry[],
    changes: readonly MachineChange[],
  ): Promise<void> => {
    const all = changes.map(wireChange);
    const limited = present.some(({ call }) => call.visible !== null);
    const groups = limited ? await groupsOf(store, tenantId, changes) : [];
    const seen = new Map<string, readonly WireChange[]>();
    const seenBy = (visible: Visible): readonly WireChange[] => {
      if (visible === null) return all;
      const key = visible.join();
      const known = seen.get(key) ?? all.filter((_, index) => visible.includes(groups[index] ?? -1));
      seen.set(key, known);
      return known;
    };
    for (const entry of present) {
      const own = seenBy(entry.call.visible);
      if (own.length > 0 && !entry.ended) entry.listener.changed(own);
    }
  };

  const plan = (): void => {
    if (timer !== null) return;
    const pause = Math.max(0, Math.min(GATHERED, toldAt + GATHERED - milliseconds()));
    timer = setTimeout(() => {
      flush().catch((cause: unknown) => log.error({ err: cause }, 'changes could not be told'));
    }, pause);
  };

  const forget = options.changes.listen((change) => {
    if (entries.size === 0) return;
    if (change.kind === 'all') reloads.add(change.tenantId);
    else if (waiting.size >= MOST_GATHERED) {
      waiting.clear();
      reloads.add(null);
    } else if (!reloads.has(null)) {
      waiting.set(`${change.machineId}/${change.actionId ?? ''}/${change.status ?? ''}`, change);
    }
    plan();
  });

  return {
    open(call, admit, listener) {
      const key = keyOf(call);
      const own = ofCaller.get(key) ?? 0;
      if (stopped || entries.size >= MOST_LISTENERS) {
        throw new CordonError('ServiceUnavailable', 'Nobody can listen here at this moment.', {
          retryAfter: 2,
        });
      }
      if (own >= MOST_OF_CALLER) {
        throw new CordonError('TooManyRequests', `At most ${MOST_OF_CALLER} streams can be open at a time.`, {
          retryAfter: 10,
        });
      }
      const entry: Entry = { call, admit, listener, ended: false };
      entries.add(entry);
      ofCaller.set(key, own + 1);
      return { check: () => check(entry), close: () => remove(entry) };
    },
    async check(caller) {
      const key = keyOf({ caller });
      await Promise.all([...entries].filter(({ call }) => keyOf(call) === key).map(check));
    },
    stop() {
      stopped = true;
      forget();
      if (timer !== null) clearTimeout(timer);
      for (const entry of [...entries]) end(entry, 'stopping');
    },
    size: () => entries.size,
  };
}

const keyOf = ({ caller }: Pick<Call, 'caller'>): string => `${caller.tenantId} ${callerKey(caller)}`;

const wireChange = ({ machineId, actionId, status }: MachineChange): WireChange => ({
  machineId,
  actionId,
  status,
});

/** The group of each change's machine; null for one that is gone. */
async function groupsOf(
  store: Pick<MachineStore, 'actionTarget'>,
  tenantId: string,
  changes: readonly MachineChange[],
): Promise<readonly (number | null)[]> {
  return Promise.all(
    changes.map(
      async ({ machineId }) => (await store.actionTarget(tenantId, machineId, null))?.groupId ?? null,
    ),
  );
}
