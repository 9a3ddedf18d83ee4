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

const text = (name: string, column: string, meaning: string, options: Partial<Property> = {}): Property => ({
  name,
  meaning,
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
    text('id', 'id', 'Identity of the action.', { kind: 'guid' }),
    text(
      'type',
      'type',
      'What was asked for. Cordon makes `RestrictCodeExecution` and `UnrestrictCodeExecution`.',
      { kind: 'enum', values: VENDOR_TYPES },
    ),
    text('title', 'title', 'Always null.', { nullable: true, filterable: false }),
    text(
      'requestor',
      'requestor',
      'Who asked: the display name of the application, or the principal name of the user.',
    ),
    text('requestorComment', 'requestor_comment', 'The comment of the request.'),
    text(
      'status',
      'status',
      'Where the action stands. `Succeeded`, `Failed`, `TimeOut` and `Cancelled` are final; `Succeeded` means proven on the device.',
      { kind: 'enum', values: ACTION_STATUSES },
    ),
    text('machineId', 'machine_id', 'The machine that the action is for.'),
    text('computerDnsName', 'computer_dns_name', 'DNS name of that machine.', { nullable: true }),
    text('creationDateTimeUtc', 'created_at', 'When the action was asked for.', { kind: 'time' }),
    text('lastUpdateDateTimeUtc', 'updated_at', 'When its status changed last.', { kind: 'time' }),
    text('cancellationRequestor', 'cancellation_requestor', 'Who cancelled it.', { nullable: true }),
    text('cancellationComment', 'cancellation_comment', 'The comment of the cancellation.', {
      nullable: true,
    }),
    text('cancellationDateTimeUtc', 'cancelled_at', 'When it was cancelled.', {
      kind: 'time',
      nullable: true,
    }),
    text('errorHResult', 'error_hresult', '0 where there was no error.', { kind: 'integer' }),
    text('scope', 'scope', 'Null for the actions that Cordon makes.', { nullable: true }),
    text('externalId', 'external_id', "The customer's own correlation id, as the request had it.", {
      nullable: true,
    }),
    text('requestSource', 'request_source', '`PublicApi` for calls of the API.'),
    text('relatedFileInfo', 'related_file_info', 'Null for the actions that Cordon makes.', {
      kind: 'complex',
      nullable: true,
      filterable: false,
    }),
    text('commands', 'commands', 'Empty for the actions that Cordon makes.', {
      kind: 'complex',
      filterable: false,
    }),
    text('troubleshootInfo', 'troubleshoot_info', 'Always null.', { nullable: true, filterable: false }),
  ],
};
