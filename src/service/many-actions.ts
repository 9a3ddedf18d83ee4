import { createHash } from 'node:crypto';
import { MACHINES_MAXIMUM } from '../contract/action-operations.ts';
import { ACTION_TYPES, type ActionTypeName } from '../contract/control.ts';
import type { MachineAction } from '../domain/action.ts';
import { CordonError } from '../domain/error.ts';
import { type ActionInput, type Actions, checkedInput, shortened } from './actions.ts';
import type { Call } from './call.ts';
import type { Log } from './log.ts';

/** What came of one machine: the accepted action, or why there is none. */
export type RequestedAction =
  | { readonly reference: string; readonly action: MachineAction; readonly fault: null }
  | { readonly reference: string; readonly action: null; readonly fault: CordonError };

/**
 * Asks for one action on each of several machines. Each is accepted or refused for itself, as by a call of its own:
 * what is refused for one machine takes nothing from another. An `Idempotency-Key` is a key for each machine.
 * @param references Machines by id, DNS name or directory id; the results come in their order.
 * @throws CordonError when the call as a whole is refused, and then nothing was asked of any machine:
 *   `MaximumBatchSizeExceeded`, `MissingRequiredParameter`, `InvalidInput`
 */
export async function requestMany(
  { actions, log }: { readonly actions: Pick<Actions, 'request'>; readonly log: Log },
  call: Call,
  type: ActionTypeName,
  references: readonly string[],
  input: ActionInput,
): Promise<RequestedAction[]> {
  requireMachines(references);
  checkedInput(input);
  if (input.releaseAfter != null && ACTION_TYPES[type].mode !== 'restricted') {
    throw new CordonError('InvalidInput', `Invalid input ReleaseAfter. ${type} does not restrict anything.`);
  }
  return Promise.all(
    references.map(async (reference): Promise<RequestedAction> => {
      const one = { ...input, idempotencyKey: keyOf(input.idempotencyKey, reference) };
      try {
        return { reference, action: await actions.request(call, type, reference, one), fault: null };
      } catch (error) {
        if (error instanceof CordonError) return { reference, action: null, fault: error };
        log.error({ correlation: call.correlation, err: error }, 'one request of several failed');
        const message = 'An internal error occurred; try again.';
        return { reference, action: null, fault: new CordonError('InternalServerError', message) };
      }
    }),
  );
}

function requireMachines(references: readonly string[]): void {
  if (references.length > MACHINES_MAXIMUM) {
    throw new CordonError(
      'MaximumBatchSizeExceeded',
      `${references.length} machines are named, at most ${MACHINES_MAXIMUM} are allowed in one call.`,
    );
  }
  const seen = new Set<string>();
  for (const reference of references) {
    const name = reference.toLowerCase();
    if (seen.has(name)) {
      throw new CordonError(
        'InvalidInput',
        `Invalid input Machines. ${shortened(reference)} is named twice.`,
      );
    }
    seen.add(name);
  }
}

/** A key for one machine out of the key for all, so that each machine's answer can be told again. */
function keyOf(key: string | null, reference: string): string | null {
  if (key === null) return null;
  return createHash('sha256').update(`${key}\n${reference.toLowerCase()}`).digest('base64url');
}
