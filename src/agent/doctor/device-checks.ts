import { join } from 'node:path';
import { ownVerb } from '../own-name.ts';
import { type DoctorCheck, ok, problem, warning } from './check.ts';

/** Bytes: two lists, two databases and the log of a bad day. */
const ROOM = 200_000_000;

export const DEVICE_CHECKS: readonly DoctorCheck[] = [
  {
    name: 'root',
    look: async ({ uid }) =>
      uid === 0
        ? ok('yes')
        : problem(`user ${uid}`, 'Run it as root: what the agent cannot see, it cannot restrict.'),
  },
  {
    name: 'agent’s service',
    look: async (at) => {
      if ((await at.mode('/run/systemd/system')) === null) return ok('not asked');
      const { stdout } = await at.execute('systemctl', ['is-active', 'cordon-agent.service']);
      const state = stdout.trim();
      return state === 'active'
        ? ok('runs')
        : warning(
            `cordon-agent.service is ${state || 'not known'}`,
            `"${ownVerb('install')}" starts it, now and at boot.`,
          );
    },
  },
  {
    name: 'enrolment',
    look: async ({ identity, data }) =>
      identity === null
        ? problem(`no device is enrolled in ${data}`, `"${ownVerb('install')}" or "${ownVerb('enrol')}".`)
        : identity.driver === 'fapolicyd'
          ? ok(`machine ${identity.machineId} of ${identity.serverUrl}`)
          : problem(
              `enrolled with the driver ${identity.driver}, which restricts nothing`,
              `"${ownVerb('install')} --url ${identity.serverUrl} --driver fapolicyd" makes it enforce; its key stays.`,
            ),
  },
  {
    name: 'key and ledger',
    look: async (at) => {
      if (at.identity === null) return ok('not asked');
      const faults: string[] = [];
      for (const name of ['', 'identity.json', 'ledger.json']) {
        const path = join(at.data, name);
        const found = await at.mode(path);
        if (found !== null && ((found.mode & 0o077) !== 0 || found.uid !== 0)) faults.push(path);
      }
      return faults.length === 0
        ? ok('root’s alone')
        : problem(
            `others may use ${faults.join(', ')}`,
            'chown root and chmod go= them; enrol again if others did.',
          );
    },
  },
  {
    name: 'server',
    look: async ({ identity, knock }) => {
      if (identity === null) return ok('not asked');
      const fault = await knock(identity);
      return fault === null
        ? ok(`${identity.serverUrl} answers`)
        : warning(
            `${identity.serverUrl} does not answer: ${fault}`,
            'Orders wait until it does; a restriction in force stays. Look at network, proxy and certificates.',
          );
    },
  },
  {
    name: 'disk',
    look: async (at) => {
      const short: string[] = [];
      for (const path of ['/etc', '/var/lib']) {
        const free = await at.free(path);
        if (free !== null && free < ROOM) short.push(`${path} has ${Math.round(free / 1e6)} MB`);
      }
      return short.length === 0
        ? ok('room enough')
        : problem(
            short.join(', '),
            `Make room for ${ROOM / 1e6} MB: a restriction that cannot be written fails.`,
          );
    },
  },
  {
    name: 'clock',
    look: async (at) => {
      const result = await at.execute('timedatectl', ['show', '--property=NTPSynchronized', '--value']);
      if (result.status !== 0) return ok('not asked; the exchange needs none');
      return result.stdout.trim() === 'yes'
        ? ok('synchronised')
        : warning(
            'not synchronised',
            'A timed release may come late, and certificates may not be valid yet.',
          );
    },
  },
];
