import { setTimeout as pause } from 'node:timers/promises';
import { styleText } from 'node:util';
import type { WireActionEvent } from '../contract/cordon.ts';
import type { WireMachineAction } from '../contract/machine-action.ts';
import { EMULATOR, VENDOR_SCOPE } from '../contract/well-known.ts';

type Call = (method: 'GET' | 'POST', path: string, body: object | null, expected: number) => Promise<unknown>;

const MACHINE = 'ws-001.cordon.test';
const POLL_MILLISECONDS = 100;
const style = (format: 'bold' | 'dim' | 'green' | 'yellow') => (text: string) =>
  styleText(format, text, { stream: process.stdout });
const [bold, dim, green, yellow] = [style('bold'), style('dim'), style('green'), style('yellow')];
const write = (text: string) => process.stdout.write(`${text}\n`);

/**
 * Walks through the main job and prints every call, answer and proof.
 * @throws Error when an answer is not what the tour says it is
 */
export async function tour(url: string, machines: number, signal: AbortSignal): Promise<void> {
  write(bold(`Cordon serves ${machines} simulated machines at ${url}, with SQLite on disk.`));
  write(dim('What follows are real calls over HTTP, the ones that a Defender playbook makes.'));

  write(`\n${bold('1. A token')}, as from the login server of the vendor`);
  const call = caller(url, await takeToken(url, signal), signal);

  write(`\n${bold(`2. Restrict ${MACHINE}`)}: only trusted software may run`);
  await change(call, 'restrictCodeExecution', 'Suspicious process tree, ticket 8841', signal);

  write(
    `\n${bold('3. One action at a time')}: a second request meanwhile is refused, and the first can be cancelled`,
  );
  const slow = '/api/machines/ws-slow.cordon.test';
  const first = (await call(
    'POST',
    `${slow}/restrictCodeExecution`,
    { Comment: 'First' },
    201,
  )) as WireMachineAction;
  await call('POST', `${slow}/unrestrictCodeExecution`, { Comment: 'Second' }, 400);
  await call('POST', `/api/machineactions/${first.id}/cancel`, { Comment: 'Only shown' }, 200);

  write(`\n${bold(`4. Release ${MACHINE}`)}: any application runs again`);
  await change(call, 'unrestrictCodeExecution', 'Host cleaned and validated', signal);
  write(
    `\n${bold('Done.')} Both actions were called Succeeded only after the (simulated) device had proven them.`,
  );
}

async function takeToken(url: string, signal: AbortSignal): Promise<string> {
  const path = `/${EMULATOR.tenant}/oauth2/v2.0/token`;
  const form = {
    grant_type: 'client_credentials',
    client_id: EMULATOR.clientId,
    client_secret: EMULATOR.secret,
    scope: VENDOR_SCOPE,
  };
  write(`   ${bold('POST')} ${path}`);
  const response = await fetch(`${url}${path}`, { method: 'POST', body: new URLSearchParams(form), signal });
  const reply = (await response.json()) as { access_token: string; expires_in: number };
  if (!response.ok) throw new Error(`The tour got no token: ${response.status} ${JSON.stringify(reply)}`);
  write(`   ${green(String(response.status))} ${dim(`a bearer token for ${reply.expires_in} seconds`)}`);
  return reply.access_token;
}

/** Makes calls and shows each with its answer. */
function caller(url: string, token: string, signal: AbortSignal): Call {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (method, path, body, expected) => {
    write(`   ${bold(method)} ${path}${body === null ? '' : `  ${JSON.stringify(body)}`}`);
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      signal,
      body: body === null ? null : JSON.stringify(body),
    });
    const reply: unknown = await response.json();
    write(`   ${(response.ok ? green : yellow)(String(response.status))} ${dim(summary(reply))}`);
    if (response.status !== expected)
      throw new Error(`The tour expected ${expected} and got ${response.status}.`);
    return reply;
  };
}

function summary(reply: unknown): string {
  const { error, id, status, type, value } = reply as Partial<WireMachineAction> & {
    error?: { code: string; message: string };
    value?: unknown[];
  };
  if (error !== undefined) return `${error.code}: ${error.message}`;
  if (value !== undefined) return `${value.length} transitions`;
  return `${type} ${status}, action ${id}`;
}

/** One action from its request to its proof. */
async function change(call: Call, operation: string, comment: string, signal: AbortSignal): Promise<void> {
  const path = `/api/machines/${MACHINE}/${operation}`;
  const { id } = (await call('POST', path, { Comment: comment }, 201)) as WireMachineAction;
  let action: WireMachineAction;
  do {
    await pause(POLL_MILLISECONDS, undefined, { signal });
    action = (await call('GET', `/api/machineactions/${id}`, null, 200)) as WireMachineAction;
  } while (action.status === 'Pending' || action.status === 'InProgress');
  if (action.status !== 'Succeeded') throw new Error(`The action of the tour ended as ${action.status}.`);
  const history = (await call('GET', `/cordon/v1/machineactions/${id}/history`, null, 200)) as {
    value: WireActionEvent[];
  };
  for (const event of history.value) show(event);
}

function show(event: WireActionEvent): void {
  write(
    `     ${event.at.slice(11, 23).padEnd(12)} ${event.status.padEnd(10)} ${event.cause} ${dim(`by ${event.actor.name}`)}`,
  );
  for (const check of event.evidence?.checks ?? []) {
    write(`       ${check.passed ? green('✓') : yellow('✗')} ${check.name}: ${check.observed}`);
  }
}
