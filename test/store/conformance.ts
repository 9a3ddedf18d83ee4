/** What every store must do, whatever the engine: a store's own test file opens it and calls this. */
import type { Store } from '../../src/store/port.ts';
import { accessConformance } from './conformance/access.ts';
import { actionConformance } from './conformance/actions.ts';
import { callConformance } from './conformance/calls.ts';
import { controlConformance } from './conformance/controls.ts';
import { deliveryConformance } from './conformance/deliveries.ts';
import { deviceConformance } from './conformance/devices.ts';
import { keyConformance } from './conformance/keys.ts';
import { listConformance } from './conformance/lists.ts';
import { machineListConformance } from './conformance/machine-lists.ts';
import { machineConformance } from './conformance/machines.ts';
import { raceConformance } from './conformance/races.ts';
import { releaseConformance } from './conformance/releases.ts';
import { retentionConformance } from './conformance/retention.ts';
import { sessionConformance } from './conformance/sessions.ts';
import { webhookConformance } from './conformance/webhooks.ts';

/** Opens a store that is empty and shares nothing with those opened before. */
export type OpenStore = () => Promise<Store>;

export function storeConformance(engine: string, open: OpenStore): void {
  actionConformance(engine, open);
  controlConformance(engine, open);
  listConformance(engine, open);
  machineListConformance(engine, open);
  machineConformance(engine, open);
  deviceConformance(engine, open);
  accessConformance(engine, open);
  keyConformance(engine, open);
  retentionConformance(engine, open);
  callConformance(engine, open);
  raceConformance(engine, open);
  releaseConformance(engine, open);
  webhookConformance(engine, open);
  deliveryConformance(engine, open);
  sessionConformance(engine, open);
}
