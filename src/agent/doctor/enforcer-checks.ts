import { procedureFor } from '../drivers/fapolicyd/versions.ts';
import { isDebianFamily } from '../install/requirements.ts';
import { ownVerb } from '../own-name.ts';
import { readPrepared } from '../preparation.ts';
import { type DoctorCheck, ok, problem, warning } from './check.ts';

export const ENFORCER_CHECKS: readonly DoctorCheck[] = [
  {
    name: 'system',
    look: async (at) => {
      const release = (await at.text('/etc/os-release')) ?? '';
      const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? 'an unnamed system';
      return isDebianFamily(release)
        ? ok(name)
        : warning(`${name} is not of the Debian family`, 'Only Debian was tried; install and enrol by hand.');
    },
  },
  {
    name: 'service manager',
    look: async (at) =>
      (await at.mode('/run/systemd/system')) === null
        ? warning('not systemd', 'The agent starts the enforcer itself, and nothing restricts at boot.')
        : ok('systemd'),
  },
  {
    name: 'enforcer',
    look: async ({ enforcerVersion: version }) => {
      if (version === null)
        return problem(
          'fapolicyd is not installed',
          `"${ownVerb('install')}" gets it without refusing anything.`,
        );
      const procedure = procedureFor(version);
      return procedure === null
        ? problem(`fapolicyd ${version} is too old`, '1.1 is the oldest that can be used.')
        : ok(
            `fapolicyd ${version}, ${procedure.change === 'live' ? 'switched while it runs' : 'switched by a restart'}`,
          );
    },
  },
  {
    name: 'enforcer’s unit',
    look: async (at) => {
      if (at.enforcerVersion === null || at.enforcer.service === 'direct') return ok('not asked');
      const { stdout } = await at.execute('systemctl', ['is-enabled', at.enforcer.unit]);
      const state = stdout.trim();
      return state === 'masked' || state === ''
        ? problem(
            `${at.enforcer.unit} is ${state || 'not known to systemd'}`,
            'Unmask it, or it cannot be started.',
          )
        : ok(state);
    },
  },
  {
    name: 'enforcer’s rules',
    look: async (at) => {
      if (at.enforcerVersion === null) return ok('not asked');
      return (await at.text(`${at.enforcer.sampleRules}/90-deny-execute.rules`)) === null
        ? problem(`no sample rules in ${at.enforcer.sampleRules}`, 'Reinstall the package fapolicyd.')
        : ok(`made of those in ${at.enforcer.sampleRules}`);
    },
  },
  {
    name: 'list of trusted files',
    look: async (at) => {
      const prepared = await readPrepared(at.data);
      if (prepared === null)
        return warning(
          'never made',
          `The agent makes it when it starts, or "${ownVerb('trust')}"; a restriction waits for it.`,
        );
      const { state, detail } = prepared;
      if (state === 'unable')
        return problem(detail, `Look at the packages of this machine, then "${ownVerb('trust')}".`);
      if (state === 'preparing') return warning('being made', 'A restriction waits for it.');
      return detail.includes('left out:')
        ? warning(detail, 'Reinstall their packages, or they will not run while this device is restricted.')
        : ok(detail);
    },
  },
];
