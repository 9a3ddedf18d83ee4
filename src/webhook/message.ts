import type { Evidence } from '../contract/device.ts';
import type { WireMachineAction } from '../contract/machine-action.ts';
import { type Instant, wireTime } from '../contract/time.ts';
import {
  TEST_EVENT,
  TRANSITION_EVENTS,
  type WireEvidenceSummary,
  type WireMessage,
  type WireTransition,
} from '../contract/webhook.ts';
import type { ActionEvent, MachineAction } from '../domain/action.ts';
import { actionAt, messageId } from '../domain/webhook.ts';

/** Names of failed checks in a message; a device may report more than a message should carry. */
const MOST_FAILED = 20;

/** The action as the API shows it; given, so that a message and the API say the same. */
export type Represent = (action: MachineAction) => WireMachineAction;

/** Where messages come from: the server's public address, and below it the tenant. */
export const sourceOf = (publicUrl: string, tenantId: string): string => `${publicUrl}/${tenantId}`;

/** The message of a transition: the same bytes for each attempt. */
export function transitionMessage(
  action: MachineAction,
  event: ActionEvent,
  source: string,
  represent: Represent,
): WireMessage<WireTransition> {
  const { revision, status, actor, cause, evidence } = event;
  return {
    specversion: '1.0',
    id: messageId(action.id, revision),
    source,
    type: TRANSITION_EVENTS[status],
    subject: action.id,
    time: wireTime(event.at),
    datacontenttype: 'application/json',
    data: {
      action: represent(actionAt(action, event)),
      event: { revision, at: wireTime(event.at), status, actor, cause, evidence: summary(evidence) },
    },
  };
}

/** @param id without dots; another one for each test */
export function testMessage(
  id: string,
  source: string,
  at: Instant,
  webhook: { readonly id: string; readonly name: string },
): WireMessage<{ webhook: { id: string; name: string } }> {
  return {
    specversion: '1.0',
    id,
    source,
    type: TEST_EVENT,
    time: wireTime(at),
    datacontenttype: 'application/json',
    data: { webhook: { id: webhook.id, name: webhook.name } },
  };
}

function summary(evidence: Evidence | null): WireEvidenceSummary | null {
  if (evidence === null) return null;
  const { driver, driverVersion, checks } = evidence;
  const failed = checks.filter(({ passed }) => !passed).map(({ name }) => name);
  return { driver, driverVersion, checks: checks.length, failed: failed.slice(0, MOST_FAILED) };
}
