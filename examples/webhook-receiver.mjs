#!/usr/bin/env node
// Receives what Cordon tells of machine actions: verifies each message and prints one line for it.
//
//   CORDON_WEBHOOK_SECRET=whsec_… node webhook-receiver.mjs [PORT]
//
// Needs Node 20 and nothing else. With a library, verifying is one call: `new Webhook(secret).verify(body, headers)` of
// the package standardwebhooks, which exists for many languages.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const secret = process.env.CORDON_WEBHOOK_SECRET ?? '';
if (!secret.startsWith('whsec_')) {
  console.error('Set CORDON_WEBHOOK_SECRET to the secret that "cordon webhook create" has shown.');
  process.exit(2);
}
const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
const LARGEST = 256 * 1024;
const TOLERANCE_SECONDS = 300;

/** Whether one of the signatures is right and the message is of now: an old one may be a recording. */
function isGenuine(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS)) return false;
  const right = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === right.length && timingSafeEqual(given, right);
  });
}

/** The last revision that was handled of each action. Keep it where it survives a restart. */
const handled = new Map();

function handle({ type, data }) {
  if (type === 'dev.cordon.webhook.test') return console.log(`test from ${data.webhook.name}`);
  const { action, event } = data;
  // A message may come twice, and a repetition late: what is not newer was handled before.
  if (event.revision <= (handled.get(action.id) ?? 0)) return console.log(`${action.id} again`);
  handled.set(action.id, event.revision);
  console.log(`${action.type} on ${action.computerDnsName}: ${event.status} (${event.cause})`);
}

const server = createServer(async (request, response) => {
  try {
    const parts = [];
    let size = 0;
    for await (const part of request) {
      size += part.length;
      if (size > LARGEST) return response.writeHead(413).end();
      parts.push(part);
    }
    const body = Buffer.concat(parts);
    if (!isGenuine(request.headers, body)) return response.writeHead(401).end();
    handle(JSON.parse(body.toString('utf8')));
    // Answer quickly: Cordon waits 15 seconds. Whatever is not 200 to 299 is sent again later.
    response.writeHead(204).end();
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});
server.listen(Number(process.argv[2] ?? 9000), '127.0.0.1', () => {
  console.log(`receiving at http://127.0.0.1:${server.address().port}/`);
});
