import { OPERATIONS } from '../../contract/operations.ts';
import { requestedAction } from '../action-request.ts';

/** The endpoint that the project started from (`unrestrict-code-execution.md`). */
export const unrestrictCodeExecution = requestedAction(
  OPERATIONS.unrestrictCodeExecution,
  'UnrestrictCodeExecution',
);
