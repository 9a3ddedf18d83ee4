/**
 * The same at the vendor's own service: what is under way there now.
 *
 *     node examples/sdk/vendor.ts
 */
import { Cordon, filter } from 'cordon';

const {
  DEFENDER_URL: url = 'https://api.security.microsoft.com',
  DEFENDER_TENANT: tenant = '',
  DEFENDER_CLIENT_ID: clientId = '',
  DEFENDER_CLIENT_SECRET: clientSecret = '',
  DEFENDER_TOKEN_URL: tokenUrl,
} = process.env;

const defender = new Cordon({
  url,
  service: 'vendor',
  credentials: { tenant, clientId, clientSecret, tokenUrl },
});

const active = filter`status eq ${'Pending'} or status eq ${'InProgress'}`;
for await (const action of defender.actions({ filter: active, top: 100 })) {
  console.log(`${action.type} of ${action.computerDnsName}: ${action.status}`);
}
