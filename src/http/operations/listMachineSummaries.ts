import { SUMMARY_PAGE } from '../../contract/console.ts';
import { MACHINE } from '../../contract/machine.ts';
import { OPERATIONS } from '../../contract/operations.ts';
import { collectionReply, pagedQueryOf } from '../collection.ts';
import { handler } from '../handler.ts';
import { wireMachineSummary } from '../representation/machine.ts';

/** What `$select` says is passed over: a summary is short already. */
export const listMachineSummaries = handler(OPERATIONS.listMachineSummaries, async (call) => {
  const query = pagedQueryOf(call, MACHINE, SUMMARY_PAGE);
  const page = await call.services.machines.summaries(call.call, query);
  return collectionReply(call, MACHINE, { ...query, select: null }, page, wireMachineSummary);
});
