import type { WireActionEvent, WireActionState } from '../../contract/cordon.ts';
import type { Evidence } from '../../contract/device.ts';
import type { WireMachineAction } from '../../contract/machine-action.ts';
import type { Io } from '../io.ts';
import { STATUS_COLOURS } from './actions.ts';
import { harmless, type Paint, painter } from './style.ts';
import { clock, timeOfDay } from './time.ts';

/** An action as it is shown: the vendor's service tells nothing of a release. */
export type ShownAction = WireMachineAction & Partial<WireActionState>;

/** Writes one action with everything known of it; `history` is null where the service has or shows none. */
export function writeAction(io: Io, action: ShownAction, history: readonly WireActionEvent[] | null): void {
  const paint = painter(io.stdout, io);
  const name = action.computerDnsName ?? action.machineId;
  const lines = [
    `${action.type} of ${harmless(name)}: ${paint(STATUS_COLOURS[action.status] ?? 'reset', action.status)}`,
    '',
    ...facts(action).map(([title, text]) => `  ${paint('dim', title.padEnd(13))}${harmless(text)}`),
  ];
  if (history !== null) lines.push('', 'History', ...history.flatMap((event) => eventLines(event, paint)));
  io.stdout.write(`${lines.join('\n')}\n`);
}

function facts(action: ShownAction): [string, string][] {
  const rows: [string, string | null][] = [
    ['action', action.id],
    ['machine', action.machineId],
    ['requested', `${clock(action.creationDateTimeUtc)} by ${action.requestor}`],
    ['comment', action.requestorComment],
    ['external id', action.externalId],
    ['release', releaseText(action)],
    ['releases', action.releaseOf ?? null],
    ['last change', clock(action.lastUpdateDateTimeUtc)],
    ['cancelled', action.cancellationRequestor === null ? null : `by ${action.cancellationRequestor}`],
    ['because', action.cancellationComment],
    ['trouble', action.troubleshootInfo],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null && row[1] !== '');
}

function releaseText({ releaseAt, releaseStands }: ShownAction): string | null {
  if (!releaseAt) return null;
  return releaseStands ? clock(releaseAt) : `${clock(releaseAt)}, which was reached or voided`;
}

function eventLines(event: WireActionEvent, paint: Paint): string[] {
  const status = paint(STATUS_COLOURS[event.status] ?? 'reset', event.status.padEnd(11));
  const actor = harmless(event.actor.name === '' ? event.actor.id : event.actor.name);
  const at = timeOfDay(event.at).padEnd(12);
  const head = `  ${paint('dim', at)}  ${status}  ${harmless(event.cause)}, by ${actor} (${harmless(event.actor.kind)})`;
  return event.evidence === null ? [head] : [head, ...evidenceLines(event.evidence, paint)];
}

/** The proof as a list: each check with what was expected and what happened. */
export function evidenceLines(evidence: Evidence, paint: Paint): string[] {
  const indent = ' '.repeat(16);
  const took = Object.entries(evidence.took).map(([phase, milliseconds]) => `${phase} ${milliseconds} ms`);
  const driver = [evidence.driver, evidence.driverVersion].filter((part) => part !== null).join(' ');
  return [
    `${indent}${harmless([driver, ...took].join(', '))}`,
    ...evidence.checks.map((check) => {
      const verdict = check.passed ? paint('green', 'passed') : paint('red', 'FAILED');
      return `${indent}${verdict}  ${harmless(check.name)}: expected ${harmless(check.expected)}, observed ${harmless(check.observed)}`;
    }),
    ...evidence.notes.map((note) => `${indent}${paint('yellow', 'note')}    ${harmless(note)}`),
  ];
}
