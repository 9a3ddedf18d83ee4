import type { ActionTypeName } from './control.ts';
import type { EntityType, Property } from './property.ts';

/** Status of a machine action; the last four are final. */
export const ACTION_STATUSES = [
  'Pending',
  'InProgress',
  'Succeeded',
  'Failed',
  'TimeOut',
  'Cancelled',
] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];

/** A machine action as the wire has it: 20 properties in the captured order (reference, section 4). */
export interface WireMachineAction {
  id: string;
  type: ActionTypeName;
  title: string | null;
  requestor: string;
  requestorComment: string;
  status: ActionStatus;
  machineId: string;
  computerDnsName: string | null;
  creationDateTimeUtc: string;
  lastUpdateDateTimeUtc: string;
  cancellationRequestor: string | null;
  cancellationComment: string | null;
  cancellationDateTimeUtc: string | null;
  errorHResult: number;
  scope: string | null;
  externalId: string | null;
  requestSource: string;
  relatedFileInfo: { fileIdentifier: string; fileIdentifierType: string } | null;
  commands: unknown[];
  troubleshootInfo: string | null;
}

const text = (name: string, column: string, options: Partial<Property> = {}): Property => ({
  name,
  kind: 'string',
  nullable: false,
  filterable: true,
  column,
  ...options,
});

/** Types that the vendor's service has; filters may name each, whether Cordon can do it or not. */
const VENDOR_TYPES = [
  'RunAntiVirusScan',
  'Offboard',
  'LiveResponse',
  'CollectInvestigationPackage',
  'Isolate',
  'Unisolate',
  'StopAndQuarantineFile',
  'RestrictCodeExecution',
  'UnrestrictCodeExecution',
] as const;

export const MACHINE_ACTION: EntityType = {
  set: 'MachineActions',
  properties: [
    text('id', 'id', { kind: 'guid' }),
    text('type', 'type', { kind: 'enum', values: VENDOR_TYPES }),
    text('title', 'title', { nullable: true, filterable: false }),
    text('requestor', 'requestor'),
    text('requestorComment', 'requestor_comment'),
    text('status', 'status', { kind: 'enum', values: ACTION_STATUSES }),
    text('machineId', 'machine_id'),
    text('computerDnsName', 'computer_dns_name', { nullable: true }),
    text('creationDateTimeUtc', 'created_at', { kind: 'time' }),
    text('lastUpdateDateTimeUtc', 'updated_at', { kind: 'time' }),
    text('cancellationRequestor', 'cancellation_requestor', { nullable: true }),
    text('cancellationComment', 'cancellation_comment', { nullable: true }),
    text('cancellationDateTimeUtc', 'cancelled_at', { kind: 'time', nullable: true }),
    text('errorHResult', 'error_hresult', { kind: 'integer' }),
    text('scope', 'scope', { nullable: true }),
    text('externalId', 'external_id', { nullable: true }),
    text('requestSource', 'request_source'),
    text('relatedFileInfo', 'related_file_info', { kind: 'complex', nullable: true, filterable: false }),
    text('commands', 'commands', { kind: 'complex', filterable: false }),
    text('troubleshootInfo', 'troubleshoot_info', { nullable: true, filterable: false }),
  ],
};
