import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ENROL_PATH, type EnrolRequest, EXCHANGE_PATH } from '../contract/device.ts';
import { checkEnrolRequest } from '../contract/device-check.ts';
import { CordonError } from '../domain/error.ts';
import type { Delivery } from '../service/devices/delivery.ts';
import type { Enrolments } from '../service/devices/enrolment.ts';

export interface ChannelDependencies {
  readonly delivery: Delivery;
  readonly enrolments: Enrolments;
}

const JOSE = 'application/jose';
/** Evidence of a few dozen checks in a few kept reports; what is larger is no agent of ours. */
const EXCHANGE_LIMIT = 512 * 1024;
const ENROL_LIMIT = 64 * 1024;

/** The devices' own addresses: enrolment and the signed exchange. Neither takes an access token. */
export async function deviceChannel(app: FastifyInstance, { delivery, enrolments }: ChannelDependencies) {
  app.addContentTypeParser(JOSE, { parseAs: 'string', bodyLimit: EXCHANGE_LIMIT }, (_request, body, done) =>
    done(null, body),
  );

  app.post(ENROL_PATH, { bodyLimit: ENROL_LIMIT }, async (request, reply) => {
    const checked = checkEnrolRequest(request.body);
    if (!checked.ok)
      throw new CordonError('BadRequest', `The enrolment is not understood: ${checked.faults.join('; ')}.`);
    const answer = await enrolments.enrol(checked.value satisfies EnrolRequest, request.ip);
    return reply.status(201).send(answer);
  });

  app.post(
    EXCHANGE_PATH,
    { bodyLimit: EXCHANGE_LIMIT, config: { contentType: JOSE } },
    async (request, reply) => {
      if (typeof request.body !== 'string')
        throw new CordonError('UnsupportedMediaType', `The Content-Type must be ${JOSE}.`);
      const hungUp = new AbortController();
      const abort = () => hungUp.abort();
      request.raw.socket.once('close', abort);
      try {
        const exchanged = await delivery.exchange(request.body, request.ip, hungUp.signal);
        if (exchanged.kind === 'stopping') return comeBack(request, reply, exchanged.retryAfter);
        return reply
          .status(exchanged.kind === 'nonce' ? 401 : 200)
          .type(JOSE)
          .send(exchanged.jws);
      } finally {
        request.raw.socket.off('close', abort);
      }
    },
  );
}

/** No fault that anybody should read of, though ten thousand devices are told it. */
function comeBack(request: FastifyRequest, reply: FastifyReply, seconds: number): FastifyReply {
  const error = { code: 'ServiceUnavailable', message: 'The server is stopping.', target: request.id };
  return reply.status(503).header('retry-after', String(seconds)).send({ error });
}
