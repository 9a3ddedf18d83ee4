import type { Report } from '../../contract/device.ts';
import { later } from '../../contract/time.ts';
import type { Actor, ControlState, MachineAction } from '../../domain/action.ts';
import type { LifecycleEvent } from '../../domain/lifecycle.ts';
import { carriesProof, type Judgement, judge } from '../../domain/report.ts';
import { ownRelease } from '../../domain/timed-release.ts';
import type { ActionStore, ControlStore, Observed } from '../../store/port.ts';
import type { Timeouts } from '../actions.ts';
import { type Clock, instantAfter, noLaterThan } from '../clock.ts';
import type { Log } from '../log.ts';
import type { TimedReleases } from '../timed-releases.ts';
import { afterTransition, transitionOf } from '../transition.ts';

export interface ReportsDependencies {
  readonly store: ActionStore & ControlStore;
  readonly clock: Clock;
  readonly releases: TimedReleases;
  readonly log: Log;
  readonly timeouts: (machine: { computerDnsName: string | null }) => Timeouts;
}

/** Whose report it is. */
export interface Reporter {
  readonly tenantId: string;
  readonly machineId: string;
}

/** Carries out what a report means. A transition lost to somebody else is judged again on what is there then. */
export function createReports({ store, clock, releases, log, timeouts }: ReportsDependencies) {
  const actionOf = async (reporter: Reporter, report: Report): Promise<MachineAction | null> => {
    if (report.actionId === null) return null;
    const action = await store.action(reporter.tenantId, report.actionId, null);
    return action?.machineId === reporter.machineId && action.control === report.control ? action : null;
  };

  const accept = async (reporter: Reporter, sent: Report): Promise<void> => {
    for (;;) {
      const states = await store.controls(reporter.tenantId, reporter.machineId);
      const state = states.find((candidate) => candidate.control === sent.control) ?? null;
      const report = sent.kind === 'released' && state !== null ? await matched(sent, state) : sent;
      if (report === null) continue;
      const action = await actionOf(reporter, report);
      const judgement = judge(report, state, action);
      if (await carryOut(reporter, report, judgement, state, action)) return;
    }
  };

  /**
   * A device's own release as a report about the timed release that the server appended, or appends now. Null when the
   * control has moved meanwhile; the report as it was sent where the server knows of no time that was over.
   */
  const matched = async (report: Report, state: ControlState): Promise<Report | null> => {
    if (report.generation !== state.generation) {
      const present =
        state.actionId === null ? null : await store.action(state.tenantId, state.actionId, null);
      return ownRelease(report, state, present);
    }
    if ((await releases.left(state)) !== 0) return report;
    await releases.append(state);
    return null;
  };

  /** False when somebody else was first and the report must be judged again. */
  const carryOut = async (
    reporter: Reporter,
    report: Report,
    judgement: Judgement,
    state: ControlState | null,
    action: MachineAction | null,
  ): Promise<boolean> => {
    const actor: Actor = {
      kind: 'device',
      id: reporter.machineId,
      name: action?.computerDnsName ?? reporter.machineId,
    };
    const at = clock.now();
    switch (judgement.kind) {
      case 'ignore':
        return true;
      case 'late': {
        const kept = action !== null && (await append(action, report, actor, at, judgement.cause));
        if (!kept && report.actionId !== null) {
          log.info(
            { machine: reporter.machineId, action: report.actionId, cause: judgement.cause },
            'report of an action that is not kept',
          );
        }
        return true;
      }
      case 'observe': {
        const held = await store.observe(
          reporter.tenantId,
          reporter.machineId,
          report.control,
          observedBy(report, at, judgement.drifted),
        );
        if (!held) return false;
        if (action !== null) await append(action, report, actor, at, judgement.cause);
        log.info(
          { machine: reporter.machineId, action: report.actionId, cause: judgement.cause },
          'machine observed',
        );
        return true;
      }
      case 'advance':
        return action !== null && state !== null && advance(action, report, judgement, actor);
    }
  };

  const advance = async (
    action: MachineAction,
    report: Report,
    judgement: Extract<Judgement, { kind: 'advance' }>,
    actor: Actor,
  ): Promise<boolean> => {
    let current = action;
    for (const event of judgement.events) {
      const transition = transitionOf(
        current,
        event,
        circumstances(current, event, report, judgement, actor),
      );
      if (transition === null || !(await store.advanceAction(transition))) return false;
      current = afterTransition(current, transition);
      log.info({ action: action.id, machine: action.machineId, status: current.status }, 'action advanced');
    }
    return true;
  };

  const circumstances = (
    action: MachineAction,
    event: LifecycleEvent,
    report: Report,
    judgement: Extract<Judgement, { kind: 'advance' }>,
    actor: Actor,
  ) => {
    const at = clock.now();
    const ends = event !== 'deliver';
    return {
      at,
      actor,
      cause: event === 'deliver' ? 'accepted by the device' : judgement.cause,
      deadline: ends
        ? null
        : noLaterThan(action.releaseAt, instantAfter(clock.milliseconds(), timeouts(action).progress)),
      undone: judgement.undone,
      observed: ends ? observedBy(report, at, false) : null,
      evidence: ends ? report.evidence : null,
    };
  };

  const append = (action: MachineAction, report: Report, actor: Actor, at: string, cause: string) =>
    store.appendActionEvent({
      tenantId: action.tenantId,
      actionId: action.id,
      revision: action.revision,
      at: later(at, action.updatedAt),
      status: action.status,
      actor,
      cause,
      evidence: report.evidence,
    });

  return { accept };
}

function observedBy(report: Report, at: string, drifted: boolean): Observed {
  return {
    generation: report.generation,
    mode: report.observed,
    proven: carriesProof(report),
    drifted,
    at,
    evidence: report.evidence,
  };
}
