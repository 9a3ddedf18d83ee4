import type { CallToolResult } from '@modelcontextprotocol/server';
import { ClientError } from '../sdk/error.ts';
import { harmless } from './data.ts';

const CREDENTIALS =
  'The credentials that this server was started with do not work. Only the person who runs it can mend that.';

/** What helps, by the code of the failure. */
const REMEDIES: Readonly<Record<string, string>> = {
  Unreachable: 'The service cannot be reached. Tell the person; calling again at once will not help.',
  CertificateRefused: 'The person who runs this server must name the certificate to trust (CORDON_CA).',
  OutcomeUnknown: 'Call list_actions for the machine to see whether the request arrived before asking again.',
  UnexpectedAnswer:
    'The address that this server was started with is not that of the service. Tell the person.',
  Unauthorized: CREDENTIALS,
  invalid_client: CREDENTIALS,
  Forbidden: 'An administrator must grant this. Do not try another way round it.',
  ResourceNotFound: 'Find the right name or id with list_machines or list_actions.',
  NotFound: "The service has no such operation; what is Cordon's own is not at the vendor's.",
  ActiveRequestAlreadyExists:
    'An action is under way on this machine. See it with list_actions (status active) and wait, or let the person decide to cancel it.',
  NoTimedRelease: 'Ask again without release_after; then only a person releases the machine.',
  ApprovalDeclined: 'Nothing was done. Do not ask again unless the person says so.',
  ApprovalUsed: 'Every approval is good for one request. Call the tool anew.',
  Interrupted: 'Nothing was done.',
};

/** A failure that this server finds itself. */
export class ToolProblem extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ToolProblem';
    this.code = code;
  }
}

/** The failure as a tool's result: its code, what it says, what helps. Null for what is no failure of the job. */
export function problemResult(error: unknown): CallToolResult | null {
  if (!(error instanceof ClientError) && !(error instanceof ToolProblem)) return null;
  const pause = error instanceof ClientError ? error.retryAfter : null;
  const lines = [
    `${harmless(error.code, 60)}: ${harmless(error.message)}`,
    REMEDIES[error.code] ?? null,
    pause === null ? null : `It can be tried again in ${pause} s.`,
    error instanceof ClientError && error.target !== null
      ? `Correlation id: ${harmless(error.target, 60)}`
      : null,
  ];
  const text = lines.filter((line) => line !== null).join('\n');
  return { isError: true, content: [{ type: 'text', text }] };
}
