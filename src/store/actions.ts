import type { MachineAction } from '../domain/action.ts';
import { isFinal } from '../domain/lifecycle.ts';
import { actionCollection } from './collections.ts';
import type { Outbox } from './outbox.ts';
import { listRows } from './page.ts';
import type { ActionRequest, ActionRequested, ActionStore, Observed, Transition, Visible } from './port.ts';
import { actionFrom, actionParams, before, eventFrom, eventParams } from './records/action.ts';
import { controlFrom } from './records/control.ts';
import { fromFlag, integer, json } from './records/value.ts';
import { guard, type Row, type Sql, type Statement, type Step, step, type Value } from './sql.ts';
import { ACTIONS, activeOfMachines, failuresOfMachines } from './statements/actions.ts';
import { CONTROLS } from './statements/controls.ts';
import { MACHINES } from './statements/machines.ts';

/** Machines named in one statement; far below what any engine takes as parameters. */
const AT_ONCE = 1000;

/** A machine without a row (it cannot be seen in any group) counts as in no group. */
const sees = (visible: Visible, row: Row): boolean =>
  visible === null || visible.includes(integer(row.rbac_group_id ?? 0));

/** Parameters of the statement that writes an observation. */
export const observation = (observed: Observed): Value[] => [
  observed.generation,
  observed.mode,
  fromFlag(observed.proven),
  fromFlag(observed.drifted),
  observed.at,
  json(observed.evidence),
];

/** What the store numbers, of an action that belongs to no control. */
const UNCONTROLLED: Row = {
  generation: 0,
  mode_before: 'unmanaged',
  action_before: null,
  release_before: null,
};

/** What a refused guard of a request says; why the `control` did not let it through is found out afterwards. */
type Refusal = 'keyTaken' | 'noMachine' | 'control' | 'active';

/**
 * The steps of a request, with what a refusal of each guard means. Every unit takes the control's row first, then the
 * action's, then the event's, so that two of them cannot wait for each other.
 */
function requestSteps(request: ActionRequest): { steps: Step[]; refusals: Refusal[] } {
  const { action, idempotency } = request;
  const { tenantId, machineId, control, id } = action;
  const steps: Step[] = [];
  const refusals: Refusal[] = [];
  if (idempotency !== null) {
    const { caller, key, fingerprint, expiresAt } = idempotency;
    steps.push(
      guard(ACTIONS.claimKey, [tenantId, caller, key, fingerprint, id, expiresAt, action.createdAt]),
    );
    refusals.push('keyTaken');
  }
  if (control === null) {
    steps.push(guard(MACHINES.exists, [tenantId, machineId]));
    steps.push(guard(ACTIONS.insertUncontrolled, actionParams(action)));
    refusals.push('noMachine', 'active');
  } else {
    const { mode, atGeneration } = request;
    const [change, last] =
      atGeneration === undefined ? [CONTROLS.raise, action.releaseAt] : [CONTROLS.release, atGeneration];
    steps.push(guard(change, [tenantId, machineId, control, mode, id, last]));
    steps.push(guard(ACTIONS.insert, actionParams(action)));
    refusals.push('control', 'active');
  }
  steps.push(step(ACTIONS.insertEvent, [...eventParams(request.event), 0]));
  return { steps, refusals };
}

/**
 * The steps of a transition and the position of the one that decides. The observation is written before the desired
 * mode moves: it is for the generation that the device was told of, and the one that the move raises is still to be
 * observed.
 */
function transitionSteps(transition: Transition): Step[] {
  const { tenantId, machineId, control, actionId, desired, observed, cancellation } = transition;
  const steps: Step[] = [];
  if (control !== null && observed !== null) {
    steps.push(step(CONTROLS.observe, [tenantId, machineId, control, ...observation(observed)]));
  }
  if (control !== null && desired !== null) {
    const { mode, actionId: from, releaseAt } = desired;
    steps.push(step(CONTROLS.move, [tenantId, machineId, control, mode, from, releaseAt, actionId]));
  } else if (control !== null && isFinal(transition.status)) {
    steps.push(step(CONTROLS.end, [tenantId, machineId, control, actionId]));
  }
  steps.push(
    guard(ACTIONS.advance, [
      tenantId,
      actionId,
      transition.fromRevision,
      transition.status,
      transition.at,
      transition.deadline,
      transition.errorHResult,
      cancellation?.requestor ?? null,
      cancellation?.comment ?? null,
      cancellation === null ? null : transition.at,
    ]),
    step(ACTIONS.insertEvent, [...eventParams(transition.event), 0]),
  );
  return steps;
}

/** What {@link ActionStore} promises, over any engine. */
export function actionStore(sql: Sql, outbox: Outbox): Omit<ActionStore, 'eventsOfActions'> {
  /** @param statementOf reads actions of so many machines */
  const ofMachines = async (
    statementOf: (count: number) => Statement,
    tenantId: string,
    machineIds: readonly string[],
  ): Promise<MachineAction[]> => {
    const found: MachineAction[] = [];
    for (let start = 0; start < machineIds.length; start += AT_ONCE) {
      const some = machineIds.slice(start, start + AT_ONCE);
      for (const row of await sql.all(statementOf(some.length), [tenantId, ...some]))
        found.push(actionFrom(row));
    }
    return found;
  };
  const one = async (rows: Promise<readonly Row[]>): Promise<MachineAction | null> => {
    const row = (await rows)[0];
    return row === undefined ? null : actionFrom(row);
  };

  /** Why a control let no request through; null when another try may succeed. */
  const refusedByControl = async (
    request: ActionRequest,
  ): Promise<'active' | 'outdated' | 'noMachine' | null> => {
    const { tenantId, machineId, control } = request.action;
    const { atGeneration } = request;
    const key = [tenantId, machineId, control];
    const row = (await sql.all(CONTROLS.one, key))[0];
    const present = row === undefined ? null : controlFrom(row);
    const due = present?.releaseAt != null && present.generation === atGeneration;
    if (atGeneration !== undefined && !due) return 'outdated';
    if (present?.active === true) return 'active';
    // A machine from before the control was known gets its row now.
    if (present === null) return (await sql.batch([guard(CONTROLS.create, key)])).done ? null : 'noMachine';
    // It has ended meanwhile, or was ended by a process of a version that leaves the row as it is.
    await sql.batch([step(CONTROLS.end, [...key, present.actionId])]);
    return null;
  };

  const requestAction = async (request: ActionRequest): Promise<ActionRequested> => {
    const { steps, refusals } = requestSteps(request);
    for (;;) {
      const outcome = await outbox.write(steps, request.event);
      if (outcome.done) {
        const raised = outcome.results[refusals.indexOf('control')] as readonly Row[] | undefined;
        return { outcome: 'created', action: { ...request.action, ...before(raised?.[0] ?? UNCONTROLLED) } };
      }
      const refusal = refusals[outcome.refused] ?? 'active';
      if (refusal === 'active' || refusal === 'noMachine') return { outcome: refusal };
      if (refusal === 'control') {
        const found = await refusedByControl(request);
        if (found !== null) return { outcome: found };
        continue;
      }
      const { caller, key } = request.idempotency as NonNullable<ActionRequest['idempotency']>;
      const taken = (await sql.all(ACTIONS.key, [request.action.tenantId, caller, key]))[0];
      if (taken !== undefined) {
        const { fingerprint, action_id } = taken as { fingerprint: string; action_id: string };
        return { outcome: 'keyTaken', fingerprint, actionId: action_id };
      }
      // The key expired and was removed between the two statements: it is free now.
    }
  };

  return {
    requestAction,
    async advanceAction(transition) {
      return (await outbox.write(transitionSteps(transition), transition.event)).done;
    },
    async action(tenantId, id, visible) {
      const name = id.toLowerCase();
      if (visible === null) return one(sql.all(ACTIONS.byId, [tenantId, name]));
      const row = (await sql.all(ACTIONS.byIdWithGroup, [tenantId, name]))[0];
      return row === undefined || !sees(visible, row) ? null : actionFrom(row);
    },
    actions: (tenantId, query, visible, machineId) =>
      listRows(sql, actionCollection, { tenantId, query, visible, machineId: machineId ?? null }, actionFrom),
    async actionEvents(tenantId, id) {
      return (await sql.all(ACTIONS.events, [tenantId, id.toLowerCase()])).map(eventFrom);
    },
    async appendActionEvent(event) {
      const unit = [
        guard(ACTIONS.hold, [event.tenantId, event.actionId]),
        guard(ACTIONS.appendEvent, eventParams(event)),
      ];
      for (;;) {
        const outcome = await sql.batch(unit);
        if (outcome.done) return true;
        if (outcome.refused === 0) return false;
        // Somebody appended under the same number at the same moment; count on from theirs.
      }
    },
    activeAction: (tenantId, machineId, control) =>
      one(sql.all(ACTIONS.active, [tenantId, machineId, control])),
    activeActions: (tenantId, machineIds) => ofMachines(activeOfMachines, tenantId, machineIds),
    lastFailures: (tenantId, machineIds) => ofMachines(failuresOfMachines, tenantId, machineIds),
    async overdueActions(now, limit) {
      return (await sql.all(ACTIONS.overdue, [now, limit])).map(actionFrom);
    },
    async expireIdempotencyKeys(now, limit) {
      return changed(await sql.batch([step(ACTIONS.expireKeys, [now, limit])]));
    },
  };
}

/** Rows changed by the only step of a unit without guards. */
export const changed = (outcome: Awaited<ReturnType<Sql['batch']>>): number =>
  outcome.done ? (outcome.results[0] as number) : 0;
