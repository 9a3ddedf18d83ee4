/** What happens before the pictures are taken. */
import { setTimeout as wait } from 'node:timers/promises';
import { EMULATOR, VENDOR_SCOPE } from '../../src/contract/well-known.ts';

const DOMAIN = 'example.test';

/** A fleet as a small office has it. */
export const FLEET = {
  machines: [
    {
      name: `fin-##.${DOMAIN}`,
      count: 9,
      tags: ['finance'],
      osPlatform: 'Windows11',
      version: '23H2',
      osBuild: 22631,
    },
    { name: `eng-##.${DOMAIN}`, count: 12, tags: ['engineering'], osPlatform: 'Linux' },
    { name: `web-#.${DOMAIN}`, count: 4, tags: ['internet', 'production'], osPlatform: 'Linux' },
    {
      name: `lt-#.${DOMAIN}`,
      count: 3,
      tags: ['travel'],
      osPlatform: 'Windows11',
      version: '23H2',
      osBuild: 22631,
      behaviour: 'offline',
    },
    { name: `db-1.${DOMAIN}`, tags: ['production'], osPlatform: 'Linux', behaviour: 'failing' },
  ],
};

/** Acts of some responders, and waits for what can be proven. @returns id of a machine that was restricted and released */
export async function play(url: string): Promise<string> {
  const token = await tokenOf(url);
  const send = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as { value: { id: string; computerDnsName: string; status: string }[] };
  };
  const act = (
    type: 'Restrict' | 'Unrestrict',
    names: readonly string[],
    comment: string,
    releaseAfter?: string,
  ) =>
    send('POST', '/cordon/v1/machines/actions', {
      Type: `${type}CodeExecution`,
      Machines: names.map((name) => `${name}.${DOMAIN}`),
      Comment: comment,
      ...(releaseAfter === undefined ? {} : { ReleaseAfter: releaseAfter }),
    });
  /** Until nothing but the offline machines is under way. */
  const settle = async () => {
    const open =
      "/api/machineactions?$filter=status in ('Pending','InProgress') and not startswith(computerDnsName,'lt-')";
    while ((await send('GET', encodeURI(open))).value.length > 0) await wait(100);
  };
  await act('Restrict', ['eng-04', 'web-2'], 'ticket 8790: unknown binary in a container host');
  await settle();
  await act('Unrestrict', ['eng-04'], 'ticket 8790: false alarm, a build tool');
  await act('Restrict', ['fin-03', 'fin-07'], 'ticket 8841: macro dropped a loader', 'PT4H');
  await act('Restrict', ['db-1'], 'ticket 8841: same address contacted');
  await settle();
  await act('Restrict', ['eng-04'], 'ticket 8841: loader found here too');
  await settle();
  await act('Restrict', ['lt-2'], 'ticket 8841: user is travelling');
  const { value } = await send('GET', "/api/machines?$filter=computerDnsName%20eq%20'eng-04.example.test'");
  return value[0]!.id;
}

async function tokenOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/${EMULATOR.tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: EMULATOR.clientId,
      client_secret: EMULATOR.secret,
      scope: VENDOR_SCOPE,
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
