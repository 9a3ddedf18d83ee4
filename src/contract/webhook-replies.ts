/** What the operations of `/cordon/v1/webhooks` answer, as schemas. */
import { Type } from 'typebox';
import { id, orNull, text, time } from './replies.ts';
import { as } from './reply.ts';
import {
  ATTEMPT_ERRORS,
  type AttemptError,
  DELIVERY_STATES,
  TEST_EVENT,
  TRANSITION_EVENTS,
  type WireDelivery,
  type WireDeliveryAttempt,
  type WireDeliveryDetails,
  type WireReplayed,
  type WireWebhook,
  type WireWebhookSecret,
  type WireWebhookTest,
} from './webhook.ts';

const error = Type.Union([
  Type.Enum(Object.keys(ATTEMPT_ERRORS) as AttemptError[], {
    type: 'string',
    description: 'Why there was no answer.',
  }),
  Type.Null(),
]);
const status = orNull(
  Type.Integer({ minimum: 100, maximum: 999, description: 'HTTP status of the answer.' }),
);
const milliseconds = Type.Integer({ minimum: 0 });

const WEBHOOK_PROPERTIES = {
  id,
  name: Type.String(),
  url: text('Where messages are sent.'),
  enabled: Type.Boolean({ description: 'False: nothing is sent; what happens meanwhile waits.' }),
  disabledAt: orNull(time('Since when it is disabled.')),
  disabledBecause: Type.Union([
    Type.Enum(['asked', 'gone'], {
      type: 'string',
      description: 'By an administrator, or since the receiver answered 410.',
    }),
    Type.Null(),
  ]),
  createdAt: time('When it was made.'),
  createdBy: text('Who made it.'),
  previousSecretUntil: orNull(time('Until when the secret before the last rotation signs too.')),
};
export const WEBHOOK = as<WireWebhook>()(
  Type.Object(WEBHOOK_PROPERTIES, {
    title: 'Webhook',
    description: 'A receiver that is told every transition.',
  }),
);
export const WEBHOOK_SECRET = as<WireWebhookSecret>()(
  Type.Object(
    { ...WEBHOOK_PROPERTIES, secret: text('`whsec_` and base64, as Standard Webhooks has it; shown once.') },
    { title: 'WebhookWithSecret', description: 'A webhook with the secret that was just made.' },
  ),
);

const DELIVERY_PROPERTIES = {
  id: text('`webhook-id` and CloudEvents id of the message.'),
  type: text(`CloudEvents type: ${Object.values(TRANSITION_EVENTS).join(', ')} or ${TEST_EVENT}.`),
  actionId: id,
  revision: Type.Integer({ minimum: 1 }),
  state: Type.Enum([...DELIVERY_STATES], {
    type: 'string',
    description: '`waiting` is everything that has not ended.',
  }),
  attempts: Type.Integer({ minimum: 0, description: 'Attempts made so far, replays included.' }),
  createdAt: time('When the transition happened.'),
  nextAttemptAt: orNull(time('When the next attempt may be made.')),
  endedAt: orNull(time('When it was delivered or given up.')),
  lastStatus: status,
  lastError: error,
};
export const DELIVERY = as<WireDelivery>()(
  Type.Object(DELIVERY_PROPERTIES, {
    title: 'WebhookDelivery',
    description: 'One transition on its way to one webhook.',
  }),
);
const ATTEMPT = as<WireDeliveryAttempt>()(
  Type.Object(
    {
      number: Type.Integer({ minimum: 1 }),
      at: time('When it began.'),
      milliseconds,
      status,
      error,
    },
    { title: 'WebhookAttempt', description: 'One attempt to deliver.' },
  ),
);
export const DELIVERY_DETAILS = as<WireDeliveryDetails>()(
  Type.Object(
    { ...DELIVERY_PROPERTIES, attemptLog: Type.Array(ATTEMPT, { description: 'Oldest first.' }) },
    { title: 'WebhookDeliveryDetails', description: 'A delivery with its attempts.' },
  ),
);
export const WEBHOOK_TEST = as<WireWebhookTest>()(
  Type.Object(
    {
      delivered: Type.Boolean(),
      status,
      error,
      message: orNull(text('What the error means, for people.')),
      milliseconds,
    },
    { title: 'WebhookTest', description: 'How a test message ended.' },
  ),
);
export const REPLAYED = as<WireReplayed>()(
  Type.Object(
    { replayed: Type.Integer({ minimum: 0, description: 'Deliveries that wait again.' }) },
    { title: 'WebhookReplay', description: 'What a replay of a period began.' },
  ),
);
