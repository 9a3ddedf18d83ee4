import type { Client } from '../../src/sdk/index.ts';
import type { Guest } from './guest.ts';

/** What the cases share, in the order in which they are tried. */
export interface SystemWorld {
  readonly guest: Guest;
  readonly api: Client;
  /** The server as the guest reaches it. */
  readonly url: string;
  token(): Promise<string>;
  machineId: string | null;
}

export interface SystemCase {
  readonly name: string;
  readonly expected: string;
  observe(world: SystemWorld): Promise<string>;
}

/** Files, modes, owners and links but those that every use of a package manager or a boot changes. */
const TREE =
  'find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /dev -o -path /var/log -o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /var/tmp -o -path /tmp \\) -prune -o -printf "%p %M %u %g %l\\n" | grep -vE "^/etc/((passwd|group|shadow|gshadow)-?|ld.so.cache|\\.pwd.lock|resolv.conf) " | sort';
const UNITS = 'systemctl list-unit-files --no-legend --no-pager | grep -v "\\.mount" | sort';
const PACKAGES = 'dpkg-query --show | sort';

/** A program that no package knows, and whether it starts. */
const STRANGER = 'cp /usr/bin/true /var/tmp/stranger-0 2>/dev/null';
const tried = (how: string) => `${how} /var/tmp/stranger-0 >/dev/null 2>&1 && echo ran || echo refused`;

const sh = async ({ guest }: SystemWorld, line: string, seconds?: number) =>
  (await guest.sh(line, seconds)).text;
const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';

async function carryOut(world: SystemWorld, order: 'restrict' | 'unrestrict'): Promise<string> {
  const { id } = await world.api[order](world.machineId!, { comment: 'The trial' });
  return (await world.api.waitFor(id, { timeout: 900_000 })).status;
}

export const SYSTEM_CASES: readonly SystemCase[] = [
  {
    name: 'the state before is noted',
    expected: 'noted',
    observe: async (world) => {
      await sh(world, STRANGER);
      await sh(
        world,
        `(${TREE}) > /var/tmp/tree; (${UNITS}) > /var/tmp/units; (${PACKAGES}) > /var/tmp/packages`,
      );
      return lastLine(await sh(world, 'test -s /var/tmp/tree -a -s /var/tmp/units && echo noted'));
    },
  },
  {
    name: 'install, from nothing',
    expected: 'active, enforcer inactive and disabled',
    observe: async (world) => {
      const token = await world.token();
      const line = `CORDON_ENROLMENT_TOKEN=${token} /var/tmp/cordon-agent install --url ${world.url} --insecure-http`;
      const { status, text } = await world.guest.sh(`apt-get -qq update; ${line}`, 1_800);
      if (status !== 0) return text.slice(-500);
      for await (const { id } of world.api.machines()) world.machineId = id;
      const state = (what: string, unit: string) => sh(world, `systemctl ${what} ${unit}`).then(lastLine);
      const agent = await state('is-active', 'cordon-agent');
      return `${agent}, enforcer ${await state('is-active', 'fapolicyd')} and ${await state('is-enabled', 'fapolicyd')}`;
    },
  },
  {
    name: 'programs run after the install',
    expected: 'ran',
    observe: async (world) => lastLine(await sh(world, tried(''))),
  },
  { name: 'restrict', expected: 'Succeeded', observe: (world) => carryOut(world, 'restrict') },
  {
    name: 'a stranger as root',
    expected: 'refused',
    observe: async (world) => lastLine(await sh(world, tried(''))),
  },
  {
    name: 'a stranger as another user',
    expected: 'refused',
    observe: async (world) =>
      lastLine(await sh(world, tried('setpriv --reuid 65534 --regid 65534 --clear-groups'))),
  },
  {
    name: 'a stranger in namespaces of another user’s own',
    expected: 'refused',
    observe: async (world) =>
      lastLine(await sh(world, tried('setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urm'))),
  },
  {
    name: 'a package that is installed while restricted',
    expected: 'ran',
    observe: async (world) =>
      lastLine(
        await sh(
          world,
          'apt-get -qq -y install hello >/dev/null; hello >/dev/null && echo ran || echo refused',
          900,
        ),
      ),
  },
  {
    name: 'the agent is not uninstalled while restricted',
    expected: 'refused',
    observe: async (world) =>
      lastLine(await sh(world, 'cordon-agent uninstall >/dev/null 2>&1 && echo done || echo refused')),
  },
  {
    name: 'after a reboot, a stranger as root',
    expected: 'refused',
    observe: async (world) => {
      await world.guest.reboot();
      return lastLine(await sh(world, tried('')));
    },
  },
  {
    name: 'after a reboot, the restriction is proven again',
    expected: 'restricted proven',
    observe: async (world) => {
      await sh(
        world,
        'until cordon-agent status --json | grep -q \'"running": *true\'; do sleep 1; done',
        300,
      );
      const { controls } = await world.api.machineState(world.machineId!);
      return `${controls[0]?.observedMode} ${controls[0]?.assurance}`;
    },
  },
  { name: 'release', expected: 'Succeeded', observe: (world) => carryOut(world, 'unrestrict') },
  {
    name: 'programs run after the release',
    expected: 'ran',
    observe: async (world) => lastLine(await sh(world, tried(''))),
  },
  {
    name: 'uninstall leaves files, units and packages as they were',
    expected: 'the same',
    observe: async (world) => {
      const { status, text } = await world.guest.sh('cordon-agent uninstall', 900);
      if (status !== 0) return text.slice(-500);
      await sh(world, 'apt-get -qq -y purge hello >/dev/null', 300);
      const compared = [
        [TREE, 'tree'],
        [UNITS, 'units'],
        [PACKAGES, 'packages'],
      ].map(([now, before]) => `(${now}) | diff /var/tmp/${before} -`);
      const difference = await sh(world, compared.join('; '), 300);
      return difference === '' ? 'the same' : difference.slice(0, 1_000);
    },
  },
];
