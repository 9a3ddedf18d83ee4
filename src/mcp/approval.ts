import { createHash } from 'node:crypto';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  type Implementation,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type RequestStateCodec,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { harmless } from './data.ts';
import { ToolProblem } from './problem.ts';

/** What a person is asked to approve. */
export interface Question {
  /** All that the approval is for; another machine or another comment needs another approval. */
  readonly subject: readonly string[];
  readonly message: string;
  /** Title of the box to tick. */
  readonly title: string;
}

/** The word of the person, or that the client has no way to ask for it. */
export interface Approval {
  /** Idempotency-Key of the request that is approved. */
  readonly key: string;
  /** What the history says of how the request came. */
  readonly mark: string;
}

export interface Approvals {
  /**
   * Asks the person through the client. Answers with the question, which the tool returns as its result, until the
   * answer has come.
   * @throws ToolProblem `ApprovalDeclined`, `ApprovalUsed`
   */
  ask(context: ServerContext, question: Question): Promise<Approval | InputRequiredResult>;
  /** For the server's options: refuses a state that this process has not written. */
  readonly verify: RequestStateCodec<ApprovalState>['verify'];
}

interface ApprovalState {
  readonly subject: string;
  readonly key: string;
}

/** How long a question may wait for its answer, in seconds. */
export const APPROVAL_SECONDS = 600;

/**
 * Approvals of one connection. A question and its answer travel through the client, so the question's state is signed
 * with a key of this process, names the subject by its digest, and is good for one request.
 */
export function approvals(server: () => Server, newKey: () => string): Approvals {
  const codec = createRequestStateCodec<ApprovalState>({
    key: crypto.getRandomValues(new Uint8Array(32)),
    ttlSeconds: APPROVAL_SECONDS,
  });
  const used = new Set<string>();

  const question = async (subject: string, { message, title }: Question): Promise<InputRequiredResult> =>
    inputRequired({
      inputRequests: {
        approval: inputRequired.elicit({
          message,
          requestedSchema: {
            type: 'object',
            properties: { approve: { type: 'boolean', title, default: false } },
            required: ['approve'],
          },
        }),
      },
      requestState: await codec.mint({ subject, key: newKey() }),
    });

  return {
    verify: codec.verify,
    ask: async (context, asked) => {
      const client = clientName(server(), context);
      if (!canAsk(server(), context)) {
        return { key: newKey(), mark: `[MCP via ${client}; no approval asked]` };
      }
      const subject = createHash('sha256').update(JSON.stringify(asked.subject)).digest('base64url');
      const state = context.mcpReq.requestState<ApprovalState>();
      const answer = inputResponse(context.mcpReq.inputResponses, 'approval');
      if (state?.subject !== subject || answer.kind !== 'elicit') return question(subject, asked);
      if (answer.action !== 'accept' || answer.content?.approve !== true) {
        throw new ToolProblem('ApprovalDeclined', 'The person did not approve.');
      }
      if (used.has(state.key)) throw new ToolProblem('ApprovalUsed', 'This approval was used already.');
      used.add(state.key);
      return { key: state.key, mark: `[MCP via ${client}; approved by a person]` };
    },
  };
}

/** Whether the client says that it can put a form before the person; a bare capability is the form of older clients. */
function canAsk(server: Server, context: ServerContext): boolean {
  const stated = statedBy<ClientCapabilities>(context, CLIENT_CAPABILITIES_META_KEY);
  const elicitation = (stated ?? server.getClientCapabilities())?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

/** The client's own word for itself, as far as it can stand in a mark. */
function clientName(server: Server, context: ServerContext): string {
  const stated = statedBy<Implementation>(context, CLIENT_INFO_META_KEY) ?? server.getClientVersion();
  const name = harmless(stated?.name ?? '', 40).replace(/[^\p{L}\p{N} ._-]/gu, '');
  return name === '' ? 'an unnamed client' : name;
}

/** What a client of the newer protocol says of itself with each request; older ones say it once, at the beginning. */
function statedBy<T>(context: ServerContext, key: string): T | undefined {
  return (context.mcpReq.envelope as Readonly<Record<string, unknown>> | undefined)?.[key] as T | undefined;
}
