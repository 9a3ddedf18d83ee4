import {
  DEVICE_PROTOCOL,
  type DeviceFacts,
  ENROL_PATH,
  type EnrolAnswer,
  type EnrolRequest,
} from '../contract/device.ts';
import { checkEnrolAnswer } from '../contract/device-check.ts';
import { AgentError } from './error.ts';
import type { Identity } from './identity.ts';
import { signReplacement } from './jws.ts';
import { refusalOf } from './refusal.ts';
import type { Transport } from './transport.ts';

/** Milliseconds that an enrolment may take. */
const PATIENCE = 30_000;

export interface Enrolment {
  readonly transport: Transport;
  readonly token: string;
  readonly publicKey: string;
  readonly facts: DeviceFacts;
  /** The identity that this one replaces at the same server, null for a new machine. */
  readonly replaces: Pick<Identity, 'machineId' | 'privateKey'> | null;
  readonly signal: AbortSignal;
}

/**
 * Makes this device known to a server. A machine that the server has never heard of, because its store is new, is
 * enrolled as a new one.
 * @throws AgentError `unreachable`, `refused`, `unknownMachine`, `untrusted`
 */
export async function enrol(enrolment: Enrolment): Promise<EnrolAnswer> {
  try {
    return await ask(enrolment);
  } catch (error) {
    const forgotten = error instanceof AgentError && error.code === 'unknownMachine';
    if (!forgotten || enrolment.replaces === null) throw error;
    return ask({ ...enrolment, replaces: null });
  }
}

async function ask({
  transport,
  token,
  publicKey,
  facts,
  replaces,
  signal,
}: Enrolment): Promise<EnrolAnswer> {
  const request: EnrolRequest = {
    protocol: DEVICE_PROTOCOL,
    token,
    publicKey,
    facts,
    ...(replaces === null
      ? {}
      : {
          replaces: {
            machineId: replaces.machineId,
            signature: signReplacement(replaces.privateKey, replaces.machineId, publicKey),
          },
        }),
  };
  const body = JSON.stringify(request);
  const answer = await transport.post({
    path: ENROL_PATH,
    contentType: 'application/json',
    body,
    timeout: PATIENCE,
    signal,
  });
  if (answer.status !== 201) throw refusalOf(answer);
  return believed(answer.body);
}

function believed(body: string): EnrolAnswer {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new AgentError('untrusted', 'The answer to the enrolment is not JSON.', { cause });
  }
  const checked = checkEnrolAnswer(value);
  if (!checked.ok) {
    throw new AgentError(
      'untrusted',
      `The answer to the enrolment is malformed: ${checked.faults.join('; ')}.`,
    );
  }
  if (checked.value.protocol !== DEVICE_PROTOCOL) {
    throw new AgentError(
      'untrusted',
      `The server speaks protocol ${checked.value.protocol}; update this agent.`,
    );
  }
  return checked.value;
}
