/**
 * Loaded before every test file (scripts/test.ts): each answer that a Cordon server gives to a `fetch` of the file, by
 * whichever client, is compared with the API's description. A fault fails the call and, should somebody catch that, the
 * file.
 */
import assert from 'node:assert/strict';
import type { Answer } from './description.ts';

const found: string[] = [];
let passedOver: string | null = null;

/** For a test file whose servers are made to answer otherwise. @param reason why the wire is broken on purpose */
export function passOverDescription(reason: string): void {
  passedOver = reason;
}

/** Compares one answer with the description. */
export async function checkDescribed(answer: Answer): Promise<void> {
  if (passedOver !== null) return;
  const { faultsOf } = await import('./description.ts');
  const faults = faultsOf(answer);
  found.push(...faults);
  assert.deepEqual(faults, [], 'the answer is not as the API is described');
}

/** Every answer of a server of ours has this header, and no other server's in the tests. */
const OURS = 'odata-version';

const { fetch } = globalThis;
globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (!response.headers.has(OURS)) return response;
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
  // An answer that breaks off is the caller's to notice.
  const text = await response
    .clone()
    .text()
    .catch(() => null);
  const { status, headers } = response;
  if (text !== null) await checkDescribed({ method, target: `${pathname}${search}`, status, headers, text });
  return response;
};

process.on('exit', () => {
  if (found.length === 0) return;
  console.error(['Answers that are not as the API is described:', ...found.slice(0, 20)].join('\n'));
  process.exitCode = 1;
});
