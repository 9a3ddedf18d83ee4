/** Store and token service as they are, with what passes through them counted. */

import type { TokenService } from '../../service/tokens/grants.ts';
import { isRefused } from '../../service/tokens/refusal.ts';
import type { Store } from '../../store/port.ts';
import type { Metrics } from './metrics.ts';

/** Methods of a store that count; none of them is on the way of a submission. */
export function observedStore(store: Store, { count }: Pick<Metrics, 'count'>): Store {
  const swept = (what: string, number: number): number => {
    if (number > 0) count('cordon_swept_total', { what }, number);
    return number;
  };
  const own: Partial<Store> = {
    async advanceAction(transition) {
      const written = await store.advanceAction(transition);
      const { control, status } = transition;
      if (written) count('cordon_action_transitions_total', { control: control ?? 'none', status });
      return written;
    },
    expireIdempotencyKeys: async (now, limit) =>
      swept('idempotency keys', await store.expireIdempotencyKeys(now, limit)),
    markInactive: async (before, limit) => swept('silent machines', await store.markInactive(before, limit)),
    async removeAction(tenantId, id, before) {
      const removed = await store.removeAction(tenantId, id, before);
      swept('old actions', removed ? 1 : 0);
      return removed;
    },
  };
  return { ...store, ...own };
}

export function observedTokens(tokens: TokenService, { count }: Pick<Metrics, 'count'>): TokenService {
  return {
    async answer(request) {
      const answer = await tokens.answer(request);
      if (isRefused(answer)) count('cordon_token_refusals_total', { reason: answer.refused });
      else count('cordon_tokens_issued_total');
      return answer;
    },
  };
}
