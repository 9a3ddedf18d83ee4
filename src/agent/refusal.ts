import { AgentError, type AgentErrorCode } from './error.ts';
import type { PostAnswer } from './transport.ts';

/** What an answer with this status means for the agent; any other is `refused` and tried again. */
const CODES: Readonly<Record<number, AgentErrorCode>> = {
  404: 'unknownMachine',
};

/** Longest part of the server's own words that is passed on. */
const LONGEST_MESSAGE = 300;

/** The error that an answer other than the one hoped for stands for. */
export function refusalOf(answer: PostAnswer): AgentError {
  return new AgentError(
    CODES[answer.status] ?? 'refused',
    `The server answered ${answer.status}${wordsOf(answer.body)}`,
    { retryAfterSeconds: answer.retryAfterSeconds },
  );
}

/** The message of an error in the API's shape; nothing of a body in another shape, which may be a proxy's page. */
function wordsOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown; message?: unknown } };
    if (typeof error?.code !== 'string' || typeof error.message !== 'string') return '.';
    const words = `${error.code}: ${error.message}`.replaceAll(/[\p{Cc}\s]+/gu, ' ');
    return ` (${words.slice(0, LONGEST_MESSAGE)})`;
  } catch {
    return '.';
  }
}
