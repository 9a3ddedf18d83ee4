import { COMPARE, NOTE } from './snapshot.ts';
import {
  becomes,
  carryOut,
  drifts,
  lastLine,
  ownReleaseOf,
  PATIENCE,
  restrictedFor,
  type SystemWorld,
  said,
  sh,
  standing,
} from './world.ts';

export interface SystemCase {
  readonly name: string;
  readonly expected: string;
  observe(world: SystemWorld): Promise<string>;
}

/** A program that no package knows, and whether it starts. */
const STRANGER = '/var/tmp/stranger';
const OTHER = 'setpriv --reuid 65534 --regid 65534 --clear-groups';
const tried = (how: string) => `${how} ${STRANGER} >/dev/null 2>&1 && echo ran || echo refused`;
const attempt =
  (how = '') =>
  (world: SystemWorld) =>
    said(world, tried(how));

const fetched = (world: SystemWorld, name: string, to: string) =>
  sh(world, `/usr/lib/apt/apt-helper download-file ${world.files}/${name} ${to} && chmod 755 ${to}`);

/** What the enforcer of the distribution stands at. */
const enforcer = async (world: SystemWorld) =>
  `${await said(world, 'systemctl is-active fapolicyd')} and ${await said(world, 'systemctl is-enabled fapolicyd')}`;

/** Starts a fresh program over and over while something else is done, and counts those that were refused. */
const WATCH = `(n=0; while [ ! -e /var/tmp/watched ]; do n=$((n+1)); cp /usr/bin/true /var/tmp/watch-$n; /var/tmp/watch-$n || echo $n >> /var/tmp/refusals; rm -f /var/tmp/watch-$n; echo $n > /var/tmp/tries; sleep 0.3; done) >/dev/null 2>&1 &`;

const doctor = async (world: SystemWorld, program: string) => {
  const { status, text } = await world.guest.sh(`${program} doctor`);
  const problems = [...text.matchAll(/^problem +(.*?) {2}/gm)].map(([, name]) => name);
  return `${status}${problems.length === 0 ? '' : `: ${problems.join(', ')}`}`;
};

/**
 * A copy of a trusted program, which by its path is a stranger; the original may be opened.
 * @param mount a line that mounts what is at the directory, which is unmounted again
 */
const copied =
  (directory: string, mount = 'true') =>
  async (world: SystemWorld) => {
    const mounted = await sh(
      world,
      `{ ${mount}; } && sleep 3 && cp /usr/bin/true ${directory}/copy && echo there`,
    );
    if (lastLine(mounted) !== 'there') return `not there: ${mounted}`;
    const outcome = await said(world, `${directory}/copy 2>/dev/null && echo ran || echo refused`);
    const unmount = mount === 'true' ? '' : `; umount ${directory}`;
    await sh(world, `rm -f ${directory}/copy${unmount}`);
    return outcome;
  };

/** A restriction that is undone by hand is put back by itself, and told. */
const mended = (undo: string) => async (world: SystemWorld) => {
  const before = await drifts(world);
  await sh(world, undo);
  const back = await becomes(world, `{ ! ${STRANGER}; }`, 120);
  if (!back) return 'not put back';
  if (!(await becomes(world, 'cordon-agent status --json | grep -q \'"proven": *true\'', 120)))
    return 'put back, not proven';
  return (await provenAgain(world)) === 'restricted proven' && (await drifts(world)) > before
    ? 'put back, proven and told'
    : 'put back and proven, not told';
};

const provenAgain = async (world: SystemWorld) => {
  await becomes(world, 'systemctl is-active cordon-agent', 300);
  for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
    const now = await standing(world);
    if (now === 'restricted proven') return now;
    await sh(world, 'sleep 5');
  }
  return standing(world);
};

export const SYSTEM_CASES: readonly SystemCase[] = [
  {
    name: 'the state before is noted',
    expected: 'noted',
    observe: async (world) => {
      await sh(world, `cp /usr/bin/true ${STRANGER}; ${NOTE}`);
      await fetched(world, 'agent', '/var/tmp/cordon-agent');
      return said(world, 'test -s /var/tmp/before-files -a -x /var/tmp/cordon-agent && echo noted');
    },
  },
  {
    name: 'doctor, before the install',
    expected: '1: enforcer, enrolment',
    observe: (world) => doctor(world, '/var/tmp/cordon-agent'),
  },
  {
    name: 'install, from nothing',
    expected: 'active, enforcer inactive and disabled',
    observe: async (world) => {
      const token = await world.token();
      const line = `CORDON_ENROLMENT_TOKEN=${token} /var/tmp/cordon-agent install --url ${world.url} --insecure-http`;
      const { status, text } = await world.guest.sh(`apt-get -qq update; ${WATCH} ${line}`, 3_600);
      if (status !== 0) return text.slice(-1_000);
      const agent = await said(world, 'systemctl is-active cordon-agent');
      return `${agent}, enforcer ${await enforcer(world)}`;
    },
  },
  {
    name: 'a stranger, over and over during the install',
    expected: 'never refused',
    observe: async (world) => {
      await sh(world, 'touch /var/tmp/watched; wait');
      return said(
        world,
        'test -e /var/tmp/refusals && cat /var/tmp/refusals || { [ "$(cat /var/tmp/tries)" -gt 5 ] && echo never refused; }',
      );
    },
  },
  { name: 'doctor, after the install', expected: '0', observe: (world) => doctor(world, 'cordon-agent') },
  { name: 'a stranger after the install', expected: 'ran', observe: attempt() },
  { name: 'restrict', expected: 'Succeeded', observe: (world) => carryOut(world, 'restrict') },
  { name: 'a stranger as root', expected: 'refused', observe: attempt() },
  { name: 'a stranger as another user', expected: 'refused', observe: attempt(OTHER) },
  {
    name: 'a stranger in namespaces of another user’s own',
    expected: 'refused',
    observe: attempt(`${OTHER} unshare -Urm`),
  },
  {
    name: 'a stranger through the dynamic loader',
    expected: 'refused',
    observe: attempt('/lib64/ld-linux-x86-64.so.2'),
  },
  {
    name: 'a package that is installed, and one that is installed anew, while restricted',
    expected: 'ran',
    observe: async (world) => {
      const { text } = await world.guest.sh('apt-get -qq -y install --reinstall hello bsdutils', 3_600);
      const line = 'hello >/dev/null && logger --version >/dev/null && echo ran';
      return (await said(world, line)) || text.slice(-1_000);
    },
  },
  {
    name: 'the agent is not uninstalled while restricted',
    expected: 'refused',
    observe: (world) => said(world, 'cordon-agent uninstall >/dev/null 2>&1 && echo done || echo refused'),
  },
  {
    name: 'an update of the agent while restricted',
    expected: 'updated, active, restricted proven',
    observe: async (world) => {
      await fetched(world, 'agent-new', '/opt/cordon-agent-new');
      const line = `cordon-agent install --url ${world.url} --insecure-http --executable /opt/cordon-agent-new`;
      const { status, text } = await world.guest.sh(line, 3_600);
      if (status !== 0) return text.slice(-1_000);
      // By its size, which nobody has to open it for: the file that was fetched is no package's, and not to be opened.
      const size = (path: string) => `$(stat -c %s ${path})`;
      const same = `[ ${size('/opt/cordon-agent-new')} = ${size('/usr/local/lib/cordon/cordon-agent')} ] && echo updated`;
      const updated = await said(world, same);
      await sh(world, 'rm -f /opt/cordon-agent-new');
      return `${updated}, ${await said(world, 'systemctl is-active cordon-agent')}, ${await provenAgain(world)}`;
    },
  },
  {
    name: 'the enforcer killed',
    expected: 'put back, proven and told',
    observe: mended('systemctl kill --signal KILL fapolicyd'),
  },
  {
    name: 'the enforcer stopped and disabled by hand',
    expected: 'put back, proven and told',
    observe: mended('systemctl disable --now fapolicyd'),
  },
  {
    name: 'the rules edited by hand, and the enforcer started anew',
    expected: 'put back, proven and told',
    observe: mended(
      'echo "allow perm=any all : all" > /etc/fapolicyd/rules.d/00-all.rules; fagenrules; systemctl restart fapolicyd',
    ),
  },
  { name: 'a copy of a trusted program in /dev/shm', expected: 'refused', observe: copied('/dev/shm') },
  {
    name: 'a copy on a tmpfs that is mounted while restricted',
    expected: 'refused',
    observe: copied('/mnt', 'mount -t tmpfs later /mnt'),
  },
  {
    name: 'a copy on a disk image that is mounted while restricted',
    expected: 'refused',
    observe: copied(
      '/media',
      'truncate -s 8M /var/tmp/disk && mke2fs -q /var/tmp/disk && mount -o loop /var/tmp/disk /media',
    ),
  },
  {
    name: 'a copy on an overlay that root mounts (out of reach)',
    expected: 'ran',
    observe: copied(
      '/srv',
      'mkdir -p /var/tmp/o/u /var/tmp/o/w && mount -t overlay o -o lowerdir=/opt,upperdir=/var/tmp/o/u,workdir=/var/tmp/o/w /srv',
    ),
  },
  {
    name: 'a copy on a tmpfs in a private mount namespace of root’s (out of reach)',
    expected: 'ran',
    observe: (world) =>
      said(
        world,
        "unshare -m sh -c 'mount -t tmpfs own /media; cp /usr/bin/true /media/copy; /media/copy' 2>/dev/null && echo ran || echo refused",
      ),
  },
  {
    name: 'after a reboot, a stranger as root',
    expected: 'refused',
    observe: async (world) => {
      await world.guest.reboot();
      return attempt()(world);
    },
  },
  {
    name: 'after a reboot, the restriction is proven again',
    expected: 'restricted proven',
    observe: provenAgain,
  },
  {
    name: 'after a power cut, a stranger as root',
    expected: 'refused',
    observe: async (world) => {
      await world.guest.cutPower();
      return attempt()(world);
    },
  },
  {
    name: 'after a power cut, the restriction is proven again',
    expected: 'restricted proven',
    observe: provenAgain,
  },
  {
    name: 'release',
    expected: 'Succeeded, enforcer inactive and disabled',
    observe: async (world) => `${await carryOut(world, 'unrestrict')}, enforcer ${await enforcer(world)}`,
  },
  { name: 'a stranger after the release', expected: 'ran', observe: attempt() },
  {
    name: 'a restriction for five minutes',
    expected: 'Succeeded, refused; timed release Succeeded, ran',
    observe: async (world) => {
      const { action, outcome } = await restrictedFor(world, 'PT5M');
      const meanwhile = await attempt()(world);
      const released = await ownReleaseOf(world, action);
      return `${outcome}, ${meanwhile}; timed release ${released}, ${await attempt()(world)}`;
    },
  },
  {
    name: 'a restriction for five minutes, whose server is away at its end',
    expected: 'Succeeded, refused; ran without a server; timed release Succeeded',
    observe: async (world) => {
      const { action, outcome } = await restrictedFor(world, 'PT5M');
      const meanwhile = await attempt()(world);
      await world.server.stop();
      const ran = await becomes(world, STRANGER, 1_800);
      await world.server.start();
      const alone = ran ? 'ran without a server' : 'still refused';
      return `${outcome}, ${meanwhile}; ${alone}; timed release ${await ownReleaseOf(world, action)}`;
    },
  },
  {
    name: 'uninstall leaves files, units, packages, accounts and settings as they were',
    expected: 'the same',
    observe: async (world) => {
      const { status, text } = await world.guest.sh('cordon-agent uninstall', 3_600);
      if (status !== 0) return text.slice(-1_000);
      await sh(world, 'apt-get -qq -y purge hello >/dev/null');
      const difference = await sh(world, COMPARE);
      return difference === '' ? 'the same' : difference.slice(0, 2_000);
    },
  },
  { name: 'a stranger after the uninstall', expected: 'ran', observe: attempt() },
];
