import { OPERATIONS } from '../../contract/operations.ts';
import { requestedAction } from '../action-request.ts';

/** Reference, section 3. */
export const restrictCodeExecution = requestedAction(
  OPERATIONS.restrictCodeExecution,
  'RestrictCodeExecution',
);
