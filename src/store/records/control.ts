import type { Control, Mode } from '../../contract/control.ts';
import type { Evidence } from '../../contract/device.ts';
import type { ControlState } from '../../domain/action.ts';
import type { Row } from '../sql.ts';
import { flag, integer, maybeJson, maybeText, text } from './value.ts';

export const CONTROL_COLUMNS = [
  'tenant_id',
  'machine_id',
  'control',
  'mode',
  'generation',
  'action_id',
  'mode_before',
  'action_before',
  'release_at',
  'release_before',
  'observed_mode',
  'observed_generation',
  'observed_at',
  'observed_proven',
  'drifted',
  'evidence',
] as const;

/** From a row that also has `active`. */
export const controlFrom = (row: Row): ControlState => ({
  tenantId: text(row.tenant_id),
  machineId: text(row.machine_id),
  control: text(row.control) as Control,
  mode: text(row.mode) as Mode,
  generation: integer(row.generation),
  actionId: maybeText(row.action_id),
  modeBefore: text(row.mode_before) as Mode,
  actionBefore: maybeText(row.action_before),
  releaseAt: maybeText(row.release_at),
  observedMode: maybeText(row.observed_mode) as Mode | null,
  observedGeneration: integer(row.observed_generation),
  observedAt: maybeText(row.observed_at),
  observedProven: flag(row.observed_proven),
  drifted: flag(row.drifted),
  evidence: maybeJson<Evidence>(row.evidence),
  active: flag(row.active),
});
