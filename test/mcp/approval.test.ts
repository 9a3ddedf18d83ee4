import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { approvals, type Question } from '../../src/mcp/approval.ts';

const QUESTION: Question = { subject: ['restrict', 'm1', 'why'], message: 'Restrict m1?', title: 'Yes' };
const SERVER = {
  getClientCapabilities: () => undefined,
  getClientVersion: () => ({ name: 'old', version: '1' }),
} as unknown as Server;

/** A round of a call: what the client says of itself, and what it brings back. */
const round = (state: unknown, answer?: object, elicitation: object | null = { form: {} }) =>
  ({
    mcpReq: {
      envelope: { [CLIENT_CAPABILITIES_META_KEY]: elicitation === null ? {} : { elicitation } },
      requestState: () => state,
      inputResponses: answer === undefined ? undefined : { approval: answer },
    },
  }) as unknown as ServerContext;

const ACCEPT = { action: 'accept', content: { approve: true } };
const isQuestion = (result: object) => 'resultType' in result;

async function asked() {
  let keys = 0;
  const made = approvals(
    () => SERVER,
    () => `key-${++keys}`,
  );
  const question = (await made.ask(round(undefined), QUESTION)) as InputRequiredResult;
  const state = await made.verify(question.requestState as string, round(undefined));
  return { made, state, wire: question.requestState as string };
}

test('an approval is good for what was asked, and for one request', async () => {
  const { made, state } = await asked();
  const approval = await made.ask(round(state, ACCEPT), QUESTION);
  assert.deepEqual(approval, { key: 'key-1', mark: '[MCP via old; approved by a person]' });
  await assert.rejects(made.ask(round(state, ACCEPT), QUESTION), /used already/);
});

test('an approval that nobody asked for, or that was for something else, is asked for anew', async () => {
  const { made, state } = await asked();
  assert.ok(isQuestion(await made.ask(round(undefined, ACCEPT), QUESTION)));
  for (const subject of [
    ['unrestrict', 'm1', 'why'],
    ['restrict', 'm2', 'why'],
    ['restrict', 'm1', 'else'],
  ]) {
    assert.ok(isQuestion(await made.ask(round(state, ACCEPT), { ...QUESTION, subject })));
  }
  assert.ok(isQuestion(await made.ask(round(state), QUESTION)), 'the answer is missing');
});

test('a question of another process, or a changed one, is refused', async () => {
  const [one, other] = [await asked(), await asked()];
  await assert.rejects(async () => other.made.verify(one.wire, round(undefined)));
  await assert.rejects(async () => one.made.verify(`${one.wire}x`, round(undefined)));
});

test('only a client that can show a form is asked', async () => {
  const { made } = await asked();
  for (const elicitation of [{}, { form: {} }, { form: {}, url: {} }]) {
    assert.ok(isQuestion(await made.ask(round(undefined, undefined, elicitation), QUESTION)));
  }
  for (const elicitation of [null, { url: {} }]) {
    const approval = await made.ask(round(undefined, undefined, elicitation), QUESTION);
    assert.match((approval as { mark: string }).mark, /no approval asked/);
  }
});
