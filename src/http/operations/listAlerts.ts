import { OPERATIONS } from '../../contract/operations.ts';
import { wholeCollection } from '../collection.ts';
import { handler } from '../handler.ts';

/** Cordon raises no alerts; connectors ask for them only to test the connection (reference, section 15). */
export const listAlerts = handler(OPERATIONS.listAlerts, async (call) => wholeCollection(call, 'Alerts', []));
