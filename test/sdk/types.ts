/**
 * What the client's types promise to a program. Nothing here runs: `npm run check` compiles it, and fails where a line
 * that must be an error is none.
 */
import {
  type ActionEvent,
  type ActionStatus,
  type ApplicationCreated,
  ClientError,
  Cordon,
  filter,
  type Machine,
  type MachineAction,
  type MachineState,
} from 'cordon';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <T extends true>(): T | undefined => undefined;

const url = 'https://cordon.example.org';
const credentials = { tenant: 't', clientId: 'c', clientSecret: 's' };

export async function promises(): Promise<void> {
  const cordon = new Cordon({ url, credentials });
  new Cordon({ url, credentials: () => 'token' });
  new Cordon({ url, credentials: async ({ refused }) => (refused ? 'new' : 'kept') });
  new Cordon({
    url,
    credentials: { ...credentials, resource: 'r' },
    service: 'vendor',
    retry: { attempts: 2 },
  });
  // @ts-expect-error an address is needed
  new Cordon({ credentials });
  // @ts-expect-error half of the credentials are none
  new Cordon({ url, credentials: { tenant: 't', clientId: 'c' } });
  // @ts-expect-error there are two services
  new Cordon({ url, credentials, service: 'other' });

  const action = await cordon.restrict('ws-001', { comment: 'why', wait: { timeout: 1000 } });
  holds<Same<typeof action, MachineAction>>();
  holds<Same<typeof action.status, ActionStatus>>();
  await cordon.unrestrict('ws-001', { comment: 'why', wait: true, signal: new AbortController().signal });
  // @ts-expect-error the history keeps why
  await cordon.restrict('ws-001', {});
  // @ts-expect-error the option is a number of milliseconds
  await cordon.restrict('ws-001', { comment: 'why', wait: { timeout: '60s' } });
  // @ts-expect-error a restriction that ends by itself says when
  await cordon.restrictFor('ws-001', { comment: 'why' });
  // @ts-expect-error there is no such status
  if (action.status === 'Done') return;
  // @ts-expect-error a status is told, not made
  await cordon.action({ id: 'x' });

  for await (const machine of cordon.machines({ filter: filter`osPlatform eq ${'Linux'}`, top: 10 })) {
    holds<Same<typeof machine, Machine>>();
    // @ts-expect-error the vendor's machine has no controls; machineStates() has
    machine.controls;
  }
  for await (const state of cordon.machineStates()) holds<Same<typeof state, MachineState>>();
  // @ts-expect-error a value in a filter is a text, a number, a truth, a time or a list of them
  filter`id eq ${{ id: 'x' }}`;

  const events = await cordon.history(action.id);
  holds<Same<typeof events, ActionEvent[]>>();
  const made = await cordon.applications.create({ displayName: 'soar', permissions: ['Machine.Read.All'] });
  holds<Same<typeof made, ApplicationCreated>>();
  // @ts-expect-error the secret is in the answer to its creation only
  (await cordon.applications.list())[0]?.secret;

  try {
    await cordon.waitFor(action);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    holds<Same<typeof error.code, string>>();
    holds<Same<typeof error.status, number | null>>();
    holds<Same<typeof error.retryAfter, number | null>>();
    holds<Same<typeof error.target, string | null>>();
    holds<Same<typeof error.action, MachineAction | null>>();
  }
}
