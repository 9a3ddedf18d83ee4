/**
 * Who restricted what since a day, page after page; and which machines are restricted, with how sure that is.
 *
 *     node examples/sdk/report.ts 2026-03-01
 */
import { Cordon, filter } from 'cordon';

const since = new Date(process.argv[2] ?? '2026-01-01');
const {
  CORDON_URL: url = 'http://127.0.0.1:8080',
  CORDON_TENANT: tenant = '11111111-1111-4111-8111-111111111111',
  CORDON_CLIENT_ID: clientId = '33333333-3333-4333-8333-333333333333',
  CORDON_CLIENT_SECRET: clientSecret = 'cordon-emulator-secret',
} = process.env;

const cordon = new Cordon({ url, credentials: { tenant, clientId, clientSecret } });

const restrictions = filter`type eq ${'RestrictCodeExecution'} and creationDateTimeUtc ge ${since}`;
for await (const action of cordon.actions({ filter: restrictions })) {
  console.log(
    `${action.computerDnsName} ${action.status} by ${action.requestor}: ${action.requestorComment}`,
  );
}

for await (const machine of cordon.machineStates()) {
  const control = machine.controls.find(({ mode }) => mode === 'restricted');
  if (control !== undefined) console.log(`${machine.computerDnsName} is restricted, ${control.assurance}`);
}
