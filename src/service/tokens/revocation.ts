import type { AccessStore } from '../../store/port.ts';
import { cacheOf } from '../cache.ts';
import { refused } from './reading.ts';

/** How long a look at an application's row counts; other processes' revocations are seen after that. Milliseconds. */
const KEPT = 5000;
const APPLICATIONS_KEPT = 10_000;

/** What is known of an application; all its tokens share it, so that one look serves them all. */
export interface ApplicationState {
  /** When the row was read and was in order; never before that. */
  checkedAt: number;
  /** The look that is under way. */
  pending: Promise<void> | null;
  /** Set when the application changed: a look that began before does not count. */
  outdated: boolean;
}

/** Tells whether applications of the embedded issuer may still use their tokens. */
export interface Revocation {
  /**
   * Looks at the application unless it was looked at a moment ago.
   * @throws CordonError `Unauthorized` when it is gone or revoked
   */
  check(tenantId: string, id: string): Promise<ApplicationState>;
  /** True while a look counts. */
  fresh(state: ApplicationState, at: number): boolean;
  changed(tenantId: string, id: string): void;
  clear(): void;
}

export function createRevocation(
  store: Pick<AccessStore, 'application'>,
  milliseconds: () => number,
): Revocation {
  const states = cacheOf<ApplicationState>(APPLICATIONS_KEPT);
  const fresh = (state: ApplicationState, at: number) => at - state.checkedAt < KEPT;

  async function look(state: ApplicationState, tenantId: string, id: string): Promise<void> {
    const at = milliseconds();
    const application = await store.application(id, tenantId);
    if (application === null || application.revokedAt !== null) {
      throw refused('The application of the access token was revoked.');
    }
    if (!state.outdated) state.checkedAt = at;
  }

  async function check(tenantId: string, id: string): Promise<ApplicationState> {
    const name = `${tenantId}/${id}`;
    let state = states.get(name);
    if (state === undefined) {
      state = { checkedAt: Number.NEGATIVE_INFINITY, pending: null, outdated: false };
      states.set(name, state);
    }
    if (fresh(state, milliseconds())) return state;
    const looked = state;
    looked.pending ??= look(looked, tenantId, id).finally(() => {
      looked.pending = null;
    });
    await looked.pending;
    return looked.outdated ? check(tenantId, id) : looked;
  }

  function outdate(state: ApplicationState): void {
    state.outdated = true;
    state.checkedAt = Number.NEGATIVE_INFINITY;
  }

  return {
    check,
    fresh,
    changed(tenantId, id) {
      const name = `${tenantId}/${id}`;
      const state = states.get(name);
      if (state === undefined) return;
      outdate(state);
      states.delete(name);
    },
    clear() {
      for (const state of states.values()) outdate(state);
      states.clear();
    },
  };
}
