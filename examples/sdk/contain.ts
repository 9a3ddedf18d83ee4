/**
 * Contains a machine and releases it again, each proven before the next step.
 *
 *     node examples/sdk/contain.ts ws-001.cordon.test
 */
import { ClientError, Cordon } from 'cordon';

const [machine = 'ws-001.cordon.test'] = process.argv.slice(2);
const {
  CORDON_URL: url = 'http://127.0.0.1:8080',
  CORDON_TENANT: tenant = '11111111-1111-4111-8111-111111111111',
  CORDON_CLIENT_ID: clientId = '22222222-2222-4222-8222-222222222222',
  CORDON_CLIENT_SECRET: clientSecret = 'cordon-emulator-secret',
} = process.env;

const cordon = new Cordon({ url, credentials: { tenant, clientId, clientSecret } });

try {
  const wait = { timeout: 60_000, onChange: ({ status }: { status: string }) => console.log(status) };
  const contained = await cordon.restrict(machine, { comment: 'ticket 8841: malware', wait });
  if (contained.status !== 'Succeeded') throw new Error(`The restriction ended as ${contained.status}.`);
  const released = await cordon.unrestrict(machine, { comment: 'ticket 8841: cleaned', wait });
  for (const event of await cordon.history(released.id)) {
    const checks = event.evidence?.checks.map(({ name, observed }) => `${name}: ${observed}`) ?? [];
    console.log([event.status, event.cause, ...checks].join(' | '));
  }
  if (released.status !== 'Succeeded') process.exitCode = 1;
} catch (error) {
  if (!(error instanceof ClientError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
