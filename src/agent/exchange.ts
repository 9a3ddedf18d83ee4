import {
  DEVICE_PROTOCOL,
  EXCHANGE_PATH,
  type ExchangeAnswer,
  type ExchangeRequest,
} from '../contract/device.ts';
import { checkExchangeAnswer, checkNonceAnswer } from '../contract/device-check.ts';
import { AgentError } from './error.ts';
import type { Identity } from './identity.ts';
import { importPrivateKey, importPublicKey, openMessage, signMessage } from './jws.ts';
import { refusalOf } from './refusal.ts';
import type { PostAnswer, Transport } from './transport.ts';

/** What the loop wants to say; the courier adds who says it and the nonce. */
export type Message = Pick<ExchangeRequest, 'epoch' | 'known' | 'reports' | 'facts' | 'waitSeconds'>;

/** Carries signed messages to the server and believes no answer but the pinned server's own, to this very message. */
export interface Courier {
  /**
   * One exchange. Repeats by itself when the server asks for a fresh nonce.
   * @throws AgentError `unreachable`, `refused`, `unknownMachine`, `untrusted`
   */
  exchange(message: Message, signal: AbortSignal): Promise<ExchangeAnswer>;
  /** Believes another server key from now on, and says so. */
  pin(serverKey: string): void;
}

/** Milliseconds that an answer may take beyond the time that the server was asked to hold it. */
const PATIENCE = 20_000;

/** A server that asks for more fresh nonces than this for one message is broken, or not ours. */
const MAXIMUM_NONCES = 3;

export function createCourier(options: {
  readonly identity: Pick<Identity, 'machineId' | 'privateKey' | 'serverKey'>;
  readonly transport: Transport;
  /** A nonce in hand, such as the enrolment's; without one the first exchange asks for it. */
  readonly nonce?: string;
}): Courier {
  const { machineId } = options.identity;
  const deviceKey = importPrivateKey(options.identity.privateKey);
  let pinned = options.identity.serverKey;
  let serverKey = importPublicKey(pinned);
  let nonce = options.nonce ?? '';

  const post = (message: Message, used: string, signal: AbortSignal): Promise<PostAnswer> => {
    const request: ExchangeRequest = {
      protocol: DEVICE_PROTOCOL,
      machineId,
      nonce: used,
      serverKey: pinned,
      ...message,
    };
    return options.transport.post({
      path: EXCHANGE_PATH,
      contentType: 'application/jose',
      body: signMessage('cordon-exchange+jwt', machineId, request, deviceKey),
      timeout: message.waitSeconds * 1000 + PATIENCE,
      signal,
    });
  };

  const freshNonce = (answer: PostAnswer): string => {
    const checked = checkNonceAnswer(openMessage('cordon-nonce+jwt', answer.body, serverKey));
    if (!checked.ok) throw malformed(checked.faults);
    if (checked.value.machineId !== machineId) throw foreign('another machine');
    return checked.value.nonce;
  };

  const believe = (answer: PostAnswer, used: string): ExchangeAnswer => {
    const checked = checkExchangeAnswer(openMessage('cordon-answer+jwt', answer.body, serverKey));
    if (!checked.ok) throw malformed(checked.faults);
    const { value } = checked;
    if (value.protocol !== DEVICE_PROTOCOL) throw foreign(`protocol ${value.protocol}`);
    if (value.machineId !== machineId) throw foreign('another machine');
    if (value.answers !== used) throw foreign('another message');
    return value;
  };

  return {
    async exchange(message, signal) {
      for (let fresh = 0; ; fresh += 1) {
        // A nonce serves once, also when no answer comes: the server may have seen it.
        const used = nonce;
        nonce = '';
        const answer = await post(message, used, signal);
        if (answer.status === 200 && answer.contentType === 'application/jose') {
          const believed = believe(answer, used);
          nonce = believed.nonce;
          return believed;
        }
        const asked = answer.status === 401 && answer.contentType === 'application/jose';
        if (!asked || fresh === MAXIMUM_NONCES) throw refusalOf(answer);
        nonce = freshNonce(answer);
      }
    },
    pin(key) {
      pinned = key;
      serverKey = importPublicKey(key);
    },
  };
}

function malformed(faults: readonly string[]): AgentError {
  return new AgentError('untrusted', `The answer is malformed: ${faults.slice(0, 3).join('; ')}.`);
}

function foreign(what: string): AgentError {
  return new AgentError('untrusted', `The answer is for ${what}.`);
}
