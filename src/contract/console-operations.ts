/** What the console needs beside the operations that programs call too. */
import { CONSOLE_LINK_BODY } from './console.ts';
import { CONSOLE_LINK, EVENT_STREAM, MACHINE_SUMMARY } from './console-replies.ts';
import { cordon, type Operation } from './operation.ts';
import { WHOLE_ENTRIES } from './parameters.ts';
import { collection } from './reply.ts';
import { MANAGE, READ_MACHINES } from './requirements.ts';

export const CONSOLE_OPERATIONS = {
  listMachineSummaries: cordon(
    'listMachineSummaries',
    'GET',
    '/machinesummaries',
    'List machines in short: what a row of a long list shows',
    READ_MACHINES,
    {
      reply: collection('MachineSummaryCollection', MACHINE_SUMMARY),
      parameters: WHOLE_ENTRIES,
      details: 'At most 2,000 machines a page; `@odata.nextLink` leads on. Filters are those of machines.',
    },
  ),
  listenToChanges: cordon(
    'listenToChanges',
    'GET',
    '/events',
    'Hear of every change of a machine or an action, as it happens',
    READ_MACHINES,
    {
      reply: EVENT_STREAM,
      details:
        'Server-sent events: after `hello`, a `change` for each change of a machine that the caller sees, `reload` ' +
        'where more has changed than was told one by one, and `end` before the server ends the stream. A comment line ' +
        'comes every 15 seconds. What is told may be late or lost: read again now and then.',
    },
  ),
  createConsoleLink: cordon(
    'createConsoleLink',
    'POST',
    '/consolelinks',
    'Make a link that opens the console as the local administrator, once',
    MANAGE,
    {
      success: 201,
      body: CONSOLE_LINK_BODY,
      reply: CONSOLE_LINK,
      details: 'It serves once, within 15 minutes. Whoever opens it may do everything in the tenant.',
    },
  ),
} as const satisfies Record<string, Operation>;
